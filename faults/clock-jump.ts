// Loaded into a program by `--import`: at each SIGUSR2 its wall clock jumps, as after a correction by hand or by NTP.
const jumpsMs = [3_600_000, -7_200_000, 5000, -30_000, 86_400_000, -259_200_000]

const now = Date.now
let shiftMs = 0
let count = 0

process.on('SIGUSR2', () => {
  shiftMs += jumpsMs[count++ % jumpsMs.length]!
})

Date.now = () => now() + shiftMs
globalThis.Date = new Proxy(Date, {
  construct: (target, args) => Reflect.construct(target, args.length > 0 ? args : [Date.now()]),
})
