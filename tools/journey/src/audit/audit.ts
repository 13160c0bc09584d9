import { cp, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { StoredEntry } from '@growr/books'
import { checkAtRest, describeFinding } from '@growr/ledger'
import { encodeJson } from '@growr/money'
import { type Evidence, emptyEvidence, mergeEvidence } from '../evidence.ts'
import { type Show, silent } from '../show.ts'
import { auditBooks, bookGroups, emptyPicture, type Picture } from './books.ts'
import { describe, type Finding } from './finding.ts'
import { LeakSearch, leaked } from './leaks.ts'
import { soughtOf } from './needles.ts'
import { recordedPeople } from './people.ts'
import { skippedChecks } from './skipped.ts'

export interface AuditOptions {
  /** The data directory of a node that has stopped. Nothing in it is changed. */
  readonly data: string
  readonly passphrase: string
  /** What is personal, besides what the node's own records say. */
  readonly evidence?: Evidence
  /** What the node told of itself in numbers, before it stopped. */
  readonly metrics?: string
  readonly show?: Show
}

/**
 * Audits what a node left: its books from the bytes up, its views, its accounts at rest, the checks behind each approval, and
 * that nothing personal stands in the open. Needs the data directory and its pass phrase alone.
 */
export async function audit({ data, passphrase, evidence = emptyEvidence(), metrics = '', show = silent }: AuditOptions): Promise<readonly Finding[]> {
  // Opening a store writes into it: what is audited is a copy.
  const copy = await mkdtemp(join(tmpdir(), 'growr-audit-'))
  try {
    await cp(data, copy, { recursive: true, filter: (source) => !source.endsWith('-shm') && !source.startsWith(join(data, 'mailbox')) })
    const leaks = new LeakSearch(soughtOf(mergeEvidence(evidence, await recordedPeople(copy, passphrase))))
    const all: Finding[] = []
    const report = (title: string, findings: readonly Finding[]): void => {
      show.findings(title, findings.map(describe))
      all.push(...findings)
    }
    // Before the copy is opened as a store: these are the files as the node left them.
    const inFiles = [...(await leaks.inFiles(data)), ...leaks.inLines('metrics', metrics)]
    const picture = emptyPicture()
    const ofBooks: Finding[] = []
    const entries = new Map<string, number>()
    for (const group of bookGroups) {
      const audited = await auditBooks(group, copy, passphrase, picture, (book, entry) => leaksIn(leaks, book, entry))
      ofBooks.push(...audited.findings)
      for (const [book, count] of audited.entries) entries.set(book, count)
    }
    ofBooks.push(...(await forgottenBooks(data, entries)))
    const of = (...codes: readonly Finding['code'][]): Finding[] => ofBooks.filter(({ code }) => codes.includes(code))
    const total = [...entries.values()].reduce((sum, count) => sum + count, 0)
    report(`${entries.size} books verify: ${total} entries, each state and posting made again`, of('BOOK_DAMAGED', 'STATE_MISMATCH', 'POSTING_MISMATCH', 'POSTING_UNBALANCED'))
    report('every view and index equals its rebuild', of('VIEW_STALE'))
    report('the accounts are at rest', atRest(picture))
    report(`behind each of ${picture.approvals.length} approvals stands every check`, skippedChecks(picture.approvals, criteriaOf(picture)))
    report('nothing personal stands in the open', [...of('PERSONAL_DATA_LEAKED'), ...inFiles])
    return all
  } finally {
    await rm(copy, { recursive: true, force: true })
  }
}

/** What of an entry everybody sees who holds its book's or its project's key: all but the subjects. */
function leaksIn(leaks: LeakSearch, book: string, { event, state, kid: _kid, erased: _erased, ...open }: StoredEntry): Finding[] {
  const shared = encodeJson({ event: { ...event, subject: undefined }, state: { ...state, subject: undefined } })
  const kinds = (text: string, where: string): Finding[] => [...leaks.kindsIn(text)].map((kind) => ({ ...leaked(book, open.seq, kind), message: `a ${kind} stands in ${where}` }))
  return [...kinds(JSON.stringify(open), 'the open part of the entry'), ...kinds(shared, 'the shared part of the entry')]
}

/** Every book has a mark outside of it: one that nobody opens any more has been forgotten, or taken away. */
async function forgottenBooks(data: string, opened: ReadonlyMap<string, number>): Promise<Finding[]> {
  const findings: Finding[] = []
  for (const { name } of bookGroups) {
    const marks = await readdir(join(data, 'marks', name)).catch(() => [])
    for (const book of marks.filter((file) => file.endsWith('.json')).map((file) => file.slice(0, -'.json'.length))) {
      if (!opened.has(book)) findings.push({ code: 'BOOK_DAMAGED', of: book, at: null, message: 'it has a mark, and no organization of the group has it' })
    }
  }
  return findings
}

function atRest({ balances, projects, loans, fundings, payments }: Picture): Finding[] {
  const exponents = new Map(projects.map(({ currency }) => [currency.code, currency.exponent]))
  return checkAtRest({ balances, projects, loans, fundings, payments }).map((finding) => ({
    code: 'NOT_AT_REST',
    of: finding.account,
    at: null,
    message: describeFinding(finding, exponents.get(finding.currency) ?? 0),
  }))
}

function criteriaOf({ projects }: Picture): (project: string) => unknown {
  const known = new Map(projects.map(({ key, criteria }) => [key, criteria]))
  return (project) => known.get(project)
}
