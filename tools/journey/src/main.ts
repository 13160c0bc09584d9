import { existsSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { JourneyInvalid, readJourney } from './document.ts'
import { json, type Show, terminal } from './show.ts'

const SHIPPED = fileURLToPath(new URL('../../../journeys', import.meta.url))
const USAGE = 'npm run journey -- [FILE…] [--json] [--keep]\n  without a FILE: all journeys of the folder journeys/\n  --json  one JSON object a line\n  --keep  leave each journey\'s directory, also after success\n'

interface Wanted {
  readonly files: readonly string[]
  readonly json: boolean
  readonly keep: boolean
}

/** Reads the command line; gives a text instead where it cannot be carried out. */
function wanted(args: readonly string[]): Wanted | string {
  const unknown = args.find((arg) => arg.startsWith('-') && !['--json', '--keep', '--help', '-h'].includes(arg))
  if (unknown !== undefined) return `there is no option ${unknown}\n${USAGE}`
  if (args.includes('--help') || args.includes('-h')) return USAGE
  const named = args.filter((arg) => !arg.startsWith('-')).map((file) => resolve(file))
  const missing = named.find((file) => !existsSync(file))
  if (missing !== undefined) return `JOURNEY_INVALID: there is no file ${missing}\n`
  const files = named.length > 0 ? named : readdirSync(SHIPPED).filter((file) => /\.ya?ml$/.test(file)).toSorted().map((file) => join(SHIPPED, file))
  return { files, json: args.includes('--json'), keep: args.includes('--keep') }
}

/** Whether the file is a journey; says what is wrong with one that is not. */
async function sound(file: string, show: Show): Promise<boolean> {
  try {
    await readJourney(file)
    return true
  } catch (error) {
    if (!(error instanceof JourneyInvalid)) throw error
    show.invalid(error.file, error.findings)
    return false
  }
}

/** Plays them one after another; the number of those that did not hold. */
async function playAll({ files, keep }: Wanted, show: Show): Promise<number> {
  // All of them are read before the first is played, and before what plays them is loaded.
  let failed = 0
  for (const file of files) if (!(await sound(file, show))) failed += 1
  if (failed > 0) return failed
  const { runJourney } = await import('./run.ts')
  for (const file of files) if (!(await runJourney(file, { show, keep })).ok) failed += 1
  return failed
}

const asked = wanted(process.argv.slice(2))
if (typeof asked === 'string') {
  const help = asked === USAGE
  ;(help ? process.stdout : process.stderr).write(asked)
  process.exitCode = help ? 0 : 2
} else {
  const write = (line: string): void => void process.stdout.write(`${line}\n`)
  process.exitCode = (await playAll(asked, asked.json ? json(write) : terminal(write))) === 0 ? 0 : 1
}
