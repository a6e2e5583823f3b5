// Reads a topic to its end by franz-go and folds it as consumer.ts does, without writing files. The report is decoded by
// hand, so that no library is to blame.
//
// Arguments: address, topic, then settings as name=value: partition-bytes, fetch-bytes, concurrent-fetches, gc-percent;
// recycle=1 takes records from a pool.
//
// Prints the milliseconds from the first poll to the end, the days counted, and a digest of all months.
package main

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"log"
	"math"
	"os"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
)

const (
	years      = 10_000
	partitions = 4
)

var keys = [12]string{"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"}

// By month and year: index (month - 1) * years + year.
var (
	counts    [12 * years]int32
	sums      [12 * years]float64
	firstDays [12 * years]int8
	lastDays  [12 * years]int8
)

func main() {
	address, topic := os.Args[1], os.Args[2]
	options, recycles := settings(os.Args[3:])
	client, err := kgo.NewClient(append(options, kgo.SeedBrokers(address))...)
	must(err)
	defer client.Close()
	ctx := context.Background()
	ends, err := kadm.NewClient(client).ListEndOffsets(ctx, topic)
	must(err)
	must(ends.Error())
	var end int64
	ends.Each(func(listed kadm.ListedOffset) { end += listed.Offset })

	begin := time.Now()
	starts := map[int32]kgo.Offset{}
	for partition := range int32(partitions) {
		starts[partition] = kgo.NewOffset().AtStart()
	}
	client.AddConsumePartitions(map[string]map[int32]kgo.Offset{topic: starts})
	// Without transactions and compaction there is a record for each offset.
	for read := int64(0); read < end; {
		fetches := client.PollFetches(ctx)
		fetches.EachError(func(topic string, partition int32, err error) { log.Fatalf("%s/%d: %v", topic, partition, err) })
		fetches.EachPartition(func(fetched kgo.FetchTopicPartition) {
			for _, record := range fetched.Records {
				fold(record)
				if recycles {
					record.Recycle()
				}
			}
			read += int64(len(fetched.Records))
		})
	}
	ms := float64(time.Since(begin).Microseconds()) / 1000
	count, digest := result()
	fmt.Printf("{\"ms\": %.1f, \"count\": %d, \"digest\": \"%s\"}\n", ms, count, digest)
}

func settings(arguments []string) (options []kgo.Opt, recycles bool) {
	for _, argument := range arguments {
		name, text, _ := strings.Cut(argument, "=")
		value, err := strconv.Atoi(text)
		must(err)
		switch name {
		case "partition-bytes":
			options = append(options, kgo.FetchMaxPartitionBytes(int32(value)))
		case "fetch-bytes":
			options = append(options, kgo.FetchMaxBytes(int32(value)))
		case "concurrent-fetches":
			options = append(options, kgo.MaxConcurrentFetches(value))
		case "gc-percent":
			debug.SetGCPercent(value)
		case "recycle":
			recycles = true
			options = append(options, kgo.WithPools(&recordPool{free: make(chan []kgo.Record, 1024)}))
		default:
			log.Fatalf("%s is no setting", name)
		}
	}
	return options, recycles
}

func fold(record *kgo.Record) {
	value := record.Value
	if len(value) != 21 || value[0] != 0x0a || value[1] != 10 || value[12] != 0x11 || value[6] != '-' || value[9] != '-' {
		log.Fatalf("not a report in the usual form at offset %d", record.Offset)
	}
	year := twoDigits(value, 2)*100 + twoDigits(value, 4)
	month := twoDigits(value, 7)
	day := twoDigits(value, 10)
	degrees := math.Float64frombits(binary.LittleEndian.Uint64(value[13:]))
	isDay := year >= 1 && month >= 1 && month <= 12 && day >= 1 && (day <= 28 || day <= daysIn(year, month))
	if !isDay || math.IsNaN(degrees) || math.IsInf(degrees, 0) || string(record.Key) != keys[month-1] {
		log.Fatalf("not a report at offset %d", record.Offset)
	}
	i := (month-1)*years + year
	if int8(day) <= lastDays[i] {
		return
	}
	if lastDays[i] == 0 {
		firstDays[i] = int8(day)
	}
	counts[i]++
	sums[i] += degrees
	lastDays[i] = int8(day)
}

func twoDigits(bytes []byte, at int) int {
	tens, ones := int(bytes[at])-'0', int(bytes[at+1])-'0'
	if tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 {
		return tens*10 + ones
	}
	return -10_000
}

func daysIn(year, month int) int {
	switch time.Month(month) {
	case time.February:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	case time.April, time.June, time.September, time.November:
		return 30
	}
	return 31
}

// The days counted, and SHA-256 over a line a month: index, count, the sum's bits, first and last day.
func result() (count int64, digest string) {
	hash := sha256.New()
	for i := range counts {
		if counts[i] == 0 {
			continue
		}
		count += int64(counts[i])
		fmt.Fprintf(hash, "%d %d %016x %d %d\n", i, counts[i], math.Float64bits(sums[i]), firstDays[i], lastDays[i])
	}
	return count, fmt.Sprintf("%x", hash.Sum(nil))
}

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

// Keeps the slices that records are decoded into.
type recordPool struct{ free chan []kgo.Record }

func (pool *recordPool) GetRecords(n int) []kgo.Record {
	select {
	case records := <-pool.free:
		if cap(records) >= n {
			return records[:0]
		}
	default:
	}
	return make([]kgo.Record, 0, n)
}

func (pool *recordPool) PutRecords(records []kgo.Record) {
	select {
	case pool.free <- records:
	default:
	}
}
