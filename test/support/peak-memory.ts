/*
 * To be loaded into a program by `node --import`: at the program's end it writes the most memory that was resident, in
 * bytes, to the file that PEAK_MEMORY_FILE names.
 */
import { writeFileSync } from 'node:fs'
import { peakBytes } from './peak-bytes.ts'

process.once('exit', () => writeFileSync(process.env.PEAK_MEMORY_FILE!, String(peakBytes())))
