/*
 * Transactional producers of librdkafka, as many as have names. Argument: the broker's address. Each line of standard input
 * is a command (writer.ts lists them), each line of standard output its answer: {"done": COMMAND} or {"error": TEXT}. What
 * is open when the input ends stays open.
 *
 * cc -o producers producers.c -lrdkafka
 */
#include <librdkafka/rdkafka.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PRODUCERS_MAX = 200, WORDS_MAX = 9, PATIENCE_MS = 60000 };

struct producer {
  char *name;
  rd_kafka_t *handle;
  rd_kafka_resp_err_t failure; /* of a record, since it was last flushed */
};

static struct producer producers[PRODUCERS_MAX];
static int producer_count;
static const char *address;
static char problem[1024]; /* what went wrong with the present command; empty for nothing */

static struct producer *find(const char *name) {
  for (int i = 0; i < producer_count; i++)
    if (strcmp(producers[i].name, name) == 0) return &producers[i];
  return NULL;
}

static void fail(const char *what, const char *why) { snprintf(problem, sizeof problem, "%s: %s", what, why); }

static void check(const char *what, rd_kafka_error_t *error) {
  if (!error) return;
  fail(what, rd_kafka_error_string(error));
  rd_kafka_error_destroy(error);
}

static void on_delivery(rd_kafka_t *handle, const rd_kafka_message_t *message, void *opaque) {
  (void)handle;
  if (message->err) ((struct producer *)opaque)->failure = message->err;
}

static void set(rd_kafka_conf_t *settings, const char *name, const char *value) {
  char why[512];
  if (rd_kafka_conf_set(settings, name, value, why, sizeof why) != RD_KAFKA_CONF_OK) fail(name, why);
}

/* Takes the place of a producer of that name, if there is one: it is as if that had been killed. */
static void open_producer(const char *name, const char *compression) {
  struct producer *producer = find(name);
  if (!producer) {
    if (producer_count == PRODUCERS_MAX) return fail(name, "too many producers");
    producer = &producers[producer_count++];
    producer->name = strdup(name);
  }
  bool is_plain = strncmp(name, "plain", 5) == 0;
  rd_kafka_conf_t *settings = rd_kafka_conf_new();
  set(settings, "bootstrap.servers", address);
  set(settings, "compression.codec", compression);
  set(settings, "enable.idempotence", "true");
  set(settings, "linger.ms", "60000"); /* Nothing is sent before it is flushed. */
  if (!is_plain) {
    set(settings, "transactional.id", name);
    set(settings, "transaction.timeout.ms", "600000");
  }
  rd_kafka_conf_set_dr_msg_cb(settings, on_delivery);
  rd_kafka_conf_set_opaque(settings, producer);
  char why[512];
  producer->handle = rd_kafka_new(RD_KAFKA_PRODUCER, settings, why, sizeof why);
  producer->failure = RD_KAFKA_RESP_ERR_NO_ERROR;
  if (!producer->handle) return fail("open", why);
  if (!is_plain) check("open", rd_kafka_init_transactions(producer->handle, PATIENCE_MS));
}

/* Decodes hexadecimal digits in place; returns the number of bytes. */
static size_t from_hex(char *text) {
  size_t count = strlen(text) / 2;
  for (size_t i = 0; i < count; i++) {
    char digits[3] = {text[2 * i], text[2 * i + 1], 0};
    text[i] = (char)strtol(digits, NULL, 16);
  }
  return count;
}

static void send_records(struct producer *producer, char **words) {
  int partition = atoi(words[3]);
  bool has_header = strcmp(words[6], "-") != 0;
  size_t key_size = from_hex(words[4]), value_size = from_hex(words[5]);
  size_t header_size = has_header ? from_hex(words[7]) : 0;
  for (int times = atoi(words[8]); times > 0; times--) {
    rd_kafka_headers_t *headers = rd_kafka_headers_new(1);
    if (has_header) rd_kafka_header_add(headers, words[6], -1, words[7], (ssize_t)header_size);
    rd_kafka_resp_err_t error = rd_kafka_producev(
        producer->handle, RD_KAFKA_V_TOPIC(words[2]), RD_KAFKA_V_PARTITION(partition),
        RD_KAFKA_V_KEY(words[4], key_size), RD_KAFKA_V_VALUE(words[5], value_size),
        RD_KAFKA_V_HEADERS(headers), RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_END);
    if (error) {
      rd_kafka_headers_destroy(headers);
      return fail("send", rd_kafka_err2str(error));
    }
  }
}

static void flush(struct producer *producer) {
  rd_kafka_resp_err_t error = rd_kafka_flush(producer->handle, PATIENCE_MS);
  if (!error) error = producer->failure;
  if (error) fail("flush", rd_kafka_err2str(error));
}

static void execute(char **words) {
  if (strcmp(words[0], "open") == 0) return open_producer(words[1], words[2]);
  struct producer *producer = find(words[1]);
  if (!producer) return fail(words[1], "no such producer");
  rd_kafka_t *handle = producer->handle;
  if (strcmp(words[0], "begin") == 0) check("begin", rd_kafka_begin_transaction(handle));
  else if (strcmp(words[0], "send") == 0) send_records(producer, words);
  else if (strcmp(words[0], "flush") == 0) flush(producer);
  else if (strcmp(words[0], "commit") == 0) check("commit", rd_kafka_commit_transaction(handle, PATIENCE_MS));
  else if (strcmp(words[0], "abort") == 0) {
    check("abort", rd_kafka_abort_transaction(handle, PATIENCE_MS));
    producer->failure = RD_KAFKA_RESP_ERR_NO_ERROR; /* Records that were not sent yet fail by that. */
  } else fail(words[0], "unknown command");
}

static void print_json(const char *name, const char *text) {
  printf("{\"%s\": \"", name);
  for (; *text; text++) {
    if (*text == '"' || *text == '\\') putchar('\\');
    putchar(*text >= 0 && *text < ' ' ? ' ' : *text);
  }
  printf("\"}\n");
  fflush(stdout);
}

int main(int count, char **arguments) {
  if (count != 2) return fprintf(stderr, "Usage: producers HOST:PORT\n"), 2;
  address = arguments[1];
  char *line = NULL;
  size_t room = 0;
  while (getline(&line, &room, stdin) > 0) {
    char *words[WORDS_MAX] = {NULL};
    int word_count = 0;
    for (char *word = strtok(line, " \n"); word && word_count < WORDS_MAX; word = strtok(NULL, " \n"))
      words[word_count++] = word;
    problem[0] = 0;
    if (word_count < 2) fail("command", "too few words");
    else execute(words);
    if (problem[0]) print_json("error", problem);
    else print_json("done", words[0]);
  }
  /* Destroying a producer would wait for it, and so might tell the broker something. */
  _exit(0);
}
