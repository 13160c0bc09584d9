import { readdir, readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import type { Finding } from './finding.ts'
import { Searcher, type Needle } from './search.ts'
import type { Sought } from './needles.ts'
import { folded, PHONE_LIKE } from './spellings.ts'

/** Views are built of what their books seal, lie under disk encryption, and can be thrown away; messages are for people. */
const PASSED_OVER = new Set(['index', 'mailbox'])
/** Records of people hold user ids and DIDs in the open, as their keys, and the note of who was erased holds the ids; what is personal is encrypted. */
const RECORDS = /^identity\/|collections\.db|^marks\/identity\.erasures$/
/** What a network's own store watches and has sent is what its chain shows everybody; for whom it was, a tag says that leads nowhere. */
const NETWORKS = /^payment\/networks\/|^lightning\//
const KINDS_IN_RECORDS = new Set(['phone', 'e-mail', 'name', 'address', 'secret', 'claim'])
/** Stores have files of this ending, too. */
const LOG = /^[^/]+\.log$/
const MOST = 50
/** A compact JWS: a JSON object in base64url, a dot, and more of it. Whosever it is. */
const TOKEN = /(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]/
/** Digits before a national number: 00 and a country code. */
const LONGEST_PREFIX = 5

/** Looks for what is personal where it must not be. */
export class LeakSearch {
  readonly #exact: Searcher
  readonly #folded: Searcher
  readonly #sought: Sought
  readonly #bytes: Searcher
  readonly #records: Searcher
  readonly #networks: Searcher

  constructor(sought: Sought) {
    this.#sought = sought
    this.#exact = new Searcher(sought.exact)
    this.#folded = new Searcher(sought.folded)
    this.#bytes = new Searcher(sought.bytes)
    this.#records = new Searcher(sought.bytes.filter(({ kind }: Needle) => KINDS_IN_RECORDS.has(kind)))
    this.#networks = new Searcher(sought.bytes.filter(({ kind }: Needle) => kind !== 'address'))
  }

  /** What kinds of personal data stand in a text. */
  kindsIn(text: string): ReadonlySet<string> {
    const hits = [...this.#exact.search(Buffer.from(text)), ...this.#folded.search(Buffer.from(folded(text)))]
    const kinds = new Set(hits.map(({ kind }) => kind))
    if (TOKEN.test(text)) kinds.add('signed token')
    if (this.#holdsPhone(text)) kinds.add('phone')
    if (this.#sought.claims.some((claim) => claim.test(text))) kinds.add('claim')
    return kinds
  }

  /** A text of lines, such as a log. */
  inLines(name: string, text: string): Finding[] {
    const findings: Finding[] = []
    // One look at the whole tells whether any line is worth one.
    if (this.kindsIn(text).size === 0) return findings
    for (const [index, line] of text.split('\n').entries()) {
      for (const kind of this.kindsIn(line)) findings.push(leaked(name, index + 1, kind))
      if (findings.length >= MOST) break
    }
    return findings
  }

  /** All files of a data directory but those that may hold people's data, byte by byte. */
  async inFiles(data: string): Promise<Finding[]> {
    const findings: Finding[] = []
    for (const file of await filesOf(data)) {
      const name = relative(data, file).replaceAll('\\', '/')
      const content = await contentOf(file)
      if (content === undefined) continue
      if (LOG.test(name)) findings.push(...this.inLines(name, content.toString('utf8')))
      else {
        const hits = (RECORDS.test(name) ? this.#records : NETWORKS.test(name) ? this.#networks : this.#bytes).search(content, MOST)
        for (const kind of new Set(hits.map((hit) => hit.kind))) findings.push(leaked(name, hits.find((hit) => hit.kind === kind)?.offset ?? null, kind))
      }
      if (findings.length >= MOST) break
    }
    return findings
  }

  #holdsPhone(text: string): boolean {
    const { phones } = this.#sought
    if (phones.size === 0) return false
    for (const [run] of text.matchAll(PHONE_LIKE)) {
      const digits = run.replace(/\D/g, '')
      // Digits without anything between are one number: an instant in milliseconds may hold another within it.
      const one = /^\+?\d+$/.test(run)
      for (const phone of phones) if (one ? digits.endsWith(phone) && digits.length - phone.length <= LONGEST_PREFIX : digits.includes(phone)) return true
    }
    return false
  }
}

export const leaked = (of: string, at: number | null, kind: string): Finding => ({ code: 'PERSONAL_DATA_LEAKED', of, at, message: `a ${kind} stands here in the open` })

/** A file's bytes; undefined for one of SQLite's own side files that its last reader took away in the meantime. */
async function contentOf(file: string): Promise<Buffer | undefined> {
  try {
    return await readFile(file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' && /-(shm|wal)$/.test(file)) return undefined
    throw error
  }
}

async function filesOf(folder: string): Promise<string[]> {
  const found: string[] = []
  for (const item of await readdir(folder, { withFileTypes: true })) {
    if (item.isDirectory() && !PASSED_OVER.has(item.name)) found.push(...(await filesOf(join(folder, item.name))))
    else if (item.isFile()) found.push(join(folder, item.name))
  }
  return found.toSorted()
}
