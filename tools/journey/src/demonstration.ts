import { runJourney } from './run.ts'
import { terminal } from './show.ts'

export interface DemonstrationOptions {
  readonly file: string
  /** A directory without a node yet. */
  readonly data: string
  readonly passphrase: string
  readonly write: (line: string) => void
}

/** Plays a journey into a data directory that is going to be shown; answers where its clock stands at the end. Throws where it fails. */
export async function playInto({ file, data, passphrase, write }: DemonstrationOptions): Promise<Date> {
  const { failure, end } = await runJourney(file, { data, passphrase, show: terminal(write), audit: false })
  if (failure !== null) throw Object.assign(new Error(failure.message), { code: failure.code })
  return end
}
