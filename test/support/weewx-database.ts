import { DatabaseSync } from 'node:sqlite'

/** What a database of weewx holds. Moments are in seconds since 1970. */
export type WeewxContent = {
  /** 1 US, 16 METRIC, 17 METRICWX. */
  usUnits?: number
  records?: readonly { dateTime: number; outTemp: unknown; interval?: number; usUnits?: number }[]
  /** The daily summaries; without them the database has no such table. */
  days?: readonly { dateTime: number; max: unknown; hours?: number }[]
  /** Of the daily summaries; without it they have no table of metadata, as those of version 1.0. */
  version?: string | undefined
}

/** Writes a database as weewx does: its table of records has a few of the columns of `wview_extended`. */
export function writeWeewx(
  path: string,
  { usUnits = 16, records = [], days, version = '4.0' }: WeewxContent,
): void {
  const database = new DatabaseSync(path)
  database.exec(
    `CREATE TABLE archive (dateTime INTEGER NOT NULL UNIQUE PRIMARY KEY, usUnits INTEGER NOT NULL, interval INTEGER NOT NULL,
      barometer REAL, inTemp REAL, outHumidity REAL, outTemp REAL, rain REAL)`,
  )
  database.exec('BEGIN')
  const record = database.prepare(
    'INSERT INTO archive (dateTime, usUnits, interval, barometer, inTemp, outTemp, rain) VALUES (?, ?, ?, 1013.2, 40, ?, 0)',
  )
  for (const { dateTime, outTemp, interval = 60, usUnits: own = usUnits } of records)
    record.run(dateTime, own, interval, outTemp as number)
  if (days) {
    const columns =
      'dateTime INTEGER NOT NULL PRIMARY KEY, min REAL, mintime INTEGER, max REAL, maxtime INTEGER, sum REAL, count INTEGER, wsum REAL, sumtime INTEGER'
    for (const name of ['inTemp', 'outTemp']) database.exec(`CREATE TABLE archive_day_${name} (${columns})`)
    const day = database.prepare(
      'INSERT INTO archive_day_outTemp (dateTime, min, max, count, sumtime) VALUES (?, -20, ?, ?, ?)',
    )
    for (const { dateTime, max, hours = 24 } of days) day.run(dateTime, max as number, hours, hours * 3600)
  }
  if (days && version) {
    database.exec('CREATE TABLE archive_day__metadata (name CHAR(20) NOT NULL PRIMARY KEY, value TEXT)')
    database.prepare("INSERT INTO archive_day__metadata VALUES ('Version', ?)").run(version)
  }
  database.exec('COMMIT')
  database.close()
}
