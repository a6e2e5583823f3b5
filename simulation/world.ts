import { Clock } from './clock.ts'
import { Disk } from './disk.ts'
import { expectKnownEnd } from './ends.ts'
import { drawFaults, type Fault, type FaultKind } from './faults.ts'
import { Inflictor, topicName } from './inflict.ts'
import { Judge } from './judge.ts'
import { requestKeys } from './kafka/answer.ts'
import { SimulatedCluster } from './kafka/cluster.ts'
import type { BrokerSettings, Versions } from './kafka/cluster-view.ts'
import { machine } from './machine.ts'
import { Misdeed } from './misdeed.ts'
import { Network } from './network.ts'
import type { Programs } from './programs.ts'
import { type Random, randomStream } from './random.ts'
import { currentProcess, SimulatedProcess } from './simulated-process.ts'
import { Trace } from './trace.ts'
import { Workload } from './workload.ts'

/** What came of a world. */
export type Outcome = {
  seed: number
  /** What was wrong; undefined when all was right. */
  failure: string | undefined
  /** Of the whole trace: the same for the same seed and faults. */
  digest: string
  trace: readonly string[]
  /** All faults drawn, those left out included. */
  faults: readonly Fault[]
  /** Faults that befell something. */
  met: readonly FaultKind[]
  records: number
  judged: number
  /** How long the world was, in its own time. */
  ms: number
}

export type WorldOptions = {
  programs: Programs
  /** Which of the world's faults to inflict, by index; all of them by default. */
  faults?: ReadonlySet<number>
  /** How many lines of the trace to keep. */
  traceLimit?: number
}

// How long it may take until all is counted once nothing is wrong any more. Brokers that hang may do so for 9 s more; a
// consumer that was refused by its disk is started again within 2 s, and waits for a broker's election for 12 s.
const healingMsMax = 60_000
const stopMsMax = 8000
const writeEveryMs = 200

/** Runs the world of a seed, from its beginning until all that it was to count is counted and verified. */
export function runWorld(seed: number, options: WorldOptions): Promise<Outcome> {
  return new World(seed, options).run()
}

/** A world: brokers, consumers, a disk, what is written, what goes wrong, and the judge. */
export class World {
  readonly seed: number
  readonly clock = new Clock()
  readonly trace: Trace
  readonly disk: Disk
  readonly network: Network
  readonly cluster: SimulatedCluster
  readonly workload: Workload
  readonly judge: Judge
  readonly faults: readonly Fault[]
  /** The consumers that run, by name, each with the partitions that it keeps. */
  readonly consumers = new Map<string, SimulatedProcess>()
  /** By partition, when its consumer last found that its file must be counted again. */
  readonly #rebuiltFrom = new Map<number, number>()
  readonly shares: ReadonlyMap<string, readonly number[]>
  /** Whether the log of a partition no longer begins at 0, so that nothing can be counted again. */
  isTrimmed = false
  readonly #programs: Programs
  readonly #chosen: ReadonlySet<number>
  readonly #random: Random
  readonly #inflictor: Inflictor
  readonly #writeUntil: number
  #failure: string | undefined
  #isOver = false
  #processCount = 0

  constructor(seed: number, { programs, faults, traceLimit = 60 }: WorldOptions) {
    this.seed = seed
    this.#programs = programs
    this.trace = new Trace(() => this.clock.now, traceLimit)
    const stream = (name: string) => randomStream(seed, name)
    const random = stream('world')
    this.#random = random
    const { clock, trace } = this
    this.disk = new Disk(clock, stream('disk'), trace)
    this.network = new Network(clock, stream('network'), trace)
    const brokers = random.chance(0.5) ? 3 : 1
    const parts = { clock, random: stream('brokers'), network: this.network, trace }
    this.cluster = new SimulatedCluster(brokers, () => drawSettings(random), parts)
    this.workload = new Workload(stream('workload'))
    this.judge = new Judge(this.disk, this.cluster)
    const shares = random.pick([
      [[0, 1, 2, 3]],
      [
        [0, 2],
        [1, 3],
      ],
      [[2], [0, 1, 3]],
      [[0], [1], [2], [3]],
    ])
    this.shares = new Map(shares.map((share, index) => [`consumer ${index + 1}`, share]))
    this.#writeUntil = random.between(8000, 16_000)
    this.faults = drawFaults(stream('faults'), random.whole(5, 10), this.#writeUntil, brokers)
    this.#chosen = faults ?? new Set(this.faults.keys())
    this.#inflictor = new Inflictor(this, stream('inflict'))
    this.disk.watcher = {
      onRename: (process, path, content) => this.check(() => this.judge.judgeRename(process, path, content)),
      onFailure: (process) => this.judge.noteFailure(process),
    }
  }

  async run(): Promise<Outcome> {
    const { clock } = this
    machine.disk = this.disk
    machine.network = this.network
    const crash = (error: unknown) => currentProcess().crash(error)
    process.on('unhandledRejection', crash)
    try {
      this.#begin()
      await clock.run(() => this.#isOver)
      if (!this.#isOver) this.fail('nothing is left that could happen')
    } finally {
      process.off('unhandledRejection', crash)
    }
    return {
      seed: this.seed,
      failure: this.#failure,
      trace: this.trace.lines,
      digest: this.trace.digest(),
      faults: this.faults,
      met: this.#inflictor.met,
      records: this.workload.records,
      judged: this.judge.judged,
      ms: clock.now,
    }
  }

  /** Ends the world: something was wrong. */
  fail(what: string): void {
    this.#failure ??= what
    this.#isOver = true
    this.trace.note('judge', what)
  }

  /** Has the judge look; what it finds wrong ends the world. */
  check(look: () => void): void {
    try {
      look()
    } catch (error) {
      if (!(error instanceof Misdeed)) throw error
      this.fail(error.message)
    }
  }

  /** Starts a consumer of the world, or one more for the partitions of one. */
  startConsumer(
    name: string,
    partitions: readonly number[],
    flags: readonly string[] = [],
  ): SimulatedProcess {
    const program = this.#start(name, ['consumer.ts', ...partitions.map(String), ...flags], (ended) =>
      this.#consumerEnded(ended, partitions),
    )
    program.start(() => this.#programs.runConsumer(program.argv.slice(2)), this.#random.between(30, 500))
    if (this.shares.has(name)) this.consumers.set(name, program)
    return program
  }

  /** Takes the topic away and makes it anew, as producer.ts does. */
  recreateTopic(): void {
    if (this.cluster.view.topics.has(topicName)) this.cluster.deleteTopic(topicName)
    this.workload.begin()
    this.isTrimmed = false
    this.clock.after(this.#random.between(5, 60), () => this.cluster.createTopic(topicName, 4))
  }

  #begin(): void {
    const { clock, cluster } = this
    const random = this.#random
    clock.after(random.chance(0.8) ? 0 : random.between(0, 3000), () => cluster.createTopic(topicName, 4))
    for (const [name, share] of this.shares)
      clock.after(random.between(0, 2000), () => this.startConsumer(name, share))
    this.#write()
    for (const [index, fault] of this.faults.entries())
      if (this.#chosen.has(index)) clock.after(fault.at, () => this.#inflictor.inflict(fault))
    clock.after(this.#writeUntil, () => this.#heal())
  }

  #write(): void {
    const random = this.#random
    const write = () => {
      if (this.clock.now >= this.#writeUntil) return
      this.workload.write(this.cluster, topicName, random.whole(0, 3), this.clock.now)
      this.clock.after(random.between(0, writeEveryMs), write)
    }
    this.clock.after(0, write)
  }

  #heal(): void {
    this.trace.note('world', 'all is healed; what was written is to be counted')
    this.#inflictor.heal()
    const deadline = this.clock.now + healingMsMax
    const look = () => {
      // A consumer whose file another hand has changed finds that when it writes next: so each gets one more record.
      const areDecided = this.workload.finish(this.cluster, topicName)
      const lags = [0, 1, 2, 3].map((partition) =>
        this.judge.lag(topicName, partition, this.#rebuiltFrom.get(partition)),
      )
      // One that has ended may have found that its file counts what the log has lost, whatever its offset.
      const areRunning = [...this.consumers.values()].every(({ hasEnded }) => !hasEnded)
      if (areDecided && areRunning && lags.every((lag) => lag === 0)) return this.#stopAll()
      if (this.clock.now < deadline) return void this.clock.after(100, look)
      this.fail(`not all is counted ${healingMsMax / 1000} s after all was healed: lags ${lags.join(', ')}`)
    }
    this.clock.after(100, look)
  }

  #stopAll(): void {
    this.trace.note('world', 'all is counted; the consumers are stopped')
    this.#isStopping = true
    for (const consumer of this.consumers.values()) consumer.signal('SIGTERM')
    const deadline = this.clock.now + stopMsMax
    const look = () => {
      const left = [...this.consumers.values()].filter(({ hasEnded }) => !hasEnded)
      if (left.length === 0) return this.#verify()
      if (this.clock.now < deadline) return void this.clock.after(50, look)
      this.fail(`${left.map(({ name }) => name).join(', ')}: goes on ${stopMsMax / 1000} s after SIGTERM`)
    }
    this.clock.after(0, look)
  }
  #isStopping = false

  #verify(): void {
    this.check(() => this.judge.judgeArchive())
    this.#runVerify(({ end, stdout, stderr }) => {
      const isRight = end?.code === 0 || (this.isTrimmed && /months are still proven/.test(stdout))
      if (!isRight) this.fail(`verify ends with exit code ${end?.code}: ${stdout}${stderr}`)
      const path = !this.isTrimmed && this.#random.chance(0.2) ? this.#falsify() : undefined
      if (path) this.#expectAccused(path)
      else this.#isOver = true
    })
  }

  /** Has verify.ts look at a file that is wrong. */
  #expectAccused(path: string): void {
    this.trace.note('world', `${path} is falsified`)
    this.#runVerify(({ end, stdout }) => {
      if (end?.code !== 1) this.fail(`verify agrees with ${path}, which is false: ${stdout}`)
      this.#isOver = true
    })
  }

  /** Changes a sum in a partition file, and its average with it. @returns its path; undefined where there is none */
  #falsify(): string | undefined {
    const path = `/data/partition-${this.#random.whole(0, 3)}.json`
    const text = String(this.disk.contentOf(path))
    const found = /"count": (\d+), "sum": ([\d.e+-]+), "avg": [\d.e+-]+/.exec(text)
    if (!found) return undefined
    const sum = Number(found[2]) === 1 ? 2 : 1
    const wrong = `"count": ${found[1]}, "sum": ${sum}, "avg": ${sum / Number(found[1])}`
    this.disk.put(path, Buffer.from(text.replace(found[0], wrong)))
    return path
  }

  #runVerify(onEnd: (process: SimulatedProcess) => void): void {
    const verify = this.#start('verify', ['verify.ts'], onEnd)
    verify.start(() => this.#programs.runVerify([]), 100)
    this.clock.after(healingMsMax, () => verify.hasEnded || this.fail('verify does not end'))
  }

  #start(name: string, [program, ...args]: string[], onEnd: (process: SimulatedProcess) => void) {
    const { clock, trace, cluster } = this
    const count = ++this.#processCount
    const servers = cluster.brokers.map(({ port }) => `127.0.0.1:${port}`)
    const started: SimulatedProcess = new SimulatedProcess({
      name,
      pid: 100 + count,
      argv: ['node', `/files/${program}`, ...args],
      env: { KAFKA_BOOTSTRAP_SERVERS: servers.join(','), DATA_DIR: '/data' },
      random: randomStream(this.seed, `process ${name} ${count}`),
      clock,
      trace,
      onEnd: (ended) => {
        this.disk.releaseOf(ended)
        onEnd(ended)
      },
    })
    trace.note(name, `starts: ${[program, ...args].join(' ')}`)
    return started
  }

  /** Judges an end, and starts the consumer again as `npm start` does, or as its message says. */
  #consumerEnded(ended: SimulatedProcess, partitions: readonly number[]): void {
    const { name } = ended
    this.check(() => {
      expectKnownEnd(ended, this.#inflictor)
      this.judge.judgeEnd(ended)
      for (const [, partition, offset] of ended.stderr.matchAll(/^partition (\d), offset (\d+): refused/gm))
        this.judge.judgeRefusal(Number(partition), Number(offset))
    })
    if (this.consumers.get(name) !== ended || this.#isStopping) return
    const { stderr } = ended
    const isHopeless = /begins a new log|cannot count again/.test(stderr)
    if (isHopeless) this.recreateTopic()
    const flags =
      !isHopeless && ended.end?.by === 'itself' && stderr.includes('--rebuild`') ? ['--rebuild'] : []
    if (flags.length > 0) for (const partition of partitions) this.#rebuiltFrom.set(partition, this.clock.now)
    this.clock.after(this.#random.between(10, 1500), () => {
      if (this.consumers.get(name) === ended && !this.#isStopping) this.startConsumer(name, partitions, flags)
    })
  }
}

/** Brokers of Kafka 3.1 to 4.3, some of which hand out little at a time. */
function drawSettings(random: Random): BrokerSettings {
  const [fetch, metadata, listOffsets] = random.pick([
    [13, 12, 7],
    [15, 12, 8],
    [17, 12, 9],
    [18, 13, 11],
  ] as const)
  const versions: Versions = new Map([
    [requestKeys.fetch, [4, fetch]],
    [requestKeys.listOffsets, [1, listOffsets]],
    [requestKeys.metadata, [0, metadata]],
    [requestKeys.apiVersions, [0, 4]],
    [requestKeys.describeConfigs, [1, 4]],
  ])
  const topicConfigs = new Map([
    ['cleanup.policy', 'delete'],
    ['retention.ms', '-1'],
    ['retention.bytes', '-1'],
  ])
  return { versions, topicConfigs, fetchBytesMax: random.pick([1024, 4096, 55 * 2 ** 20]) }
}
