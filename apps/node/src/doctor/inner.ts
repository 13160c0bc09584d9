import { endIsSound } from '@growr/books'
import type { Waiting } from '@growr/collections'
import { order } from '../control-socket.ts'
import { givenPassphrase } from '../command.ts'
import { openParts, type OpenedParts } from '../parts.ts'
import { verifyWhole } from '../verify-books.ts'
import { advice, ok, wrong, type Finding } from './finding.ts'
import { failingWebhooks, type FailingWebhook } from './webhooks.ts'
import type { Subject } from './checks.ts'

/** What a node that runs says of itself. */
export interface Look {
  readonly pid: number
  readonly url: string
  readonly now: string
  readonly checks: readonly { readonly name: string; readonly ok: boolean; readonly reason?: string }[]
  readonly waiting: readonly (Waiting & { readonly group: string })[]
  readonly followers: readonly { readonly group: string; readonly follower: string; readonly seq: number; readonly attempts: number }[]
  readonly failing: readonly FailingWebhook[]
  readonly views: readonly string[]
  readonly sending: boolean
}

const MINUTE = 60_000
const BOOK_TODO: Readonly<Record<string, string>> = {
  BOOK_BEHIND_MARK: 'the books are older than their marks: put back what was there, or take them up with npm run restore -- --in-place',
  BOOK_WITHOUT_MARK: 'the marks are missing: put the folder marks back, or take the books up with npm run restore -- --in-place',
  BOOK_FORKED: 'the marks belong to other books: put back those that belong together, or take them up with npm run restore -- --in-place',
  BOOK_UNREADABLE: 'stop the node, copy the directory as it is, and restore the last back-up',
  STORE_FAILED: 'look at the disk, then start the node again',
  FOLLOWER_RETRIES: 'it tries again by itself; the log (node.log) says why',
  DISK_FULL: 'make room',
}

/** Asks the node that runs; undefined where none does. */
export const look = (data: string): Promise<Look | undefined> => order<Look>(data, 'look')

/** What a node that runs says of itself, judged. */
export async function runningChecks(seen: Look, now: Date): Promise<Finding[]> {
  const failed = seen.checks.filter((check) => !check.ok)
  const findings: Finding[] = [ok('node', `runs at ${seen.url} (process ${seen.pid})`)]
  for (const { name, reason = '' } of failed) findings.push(wrong(`ready.${name}`, reason, todoOf(reason)))
  if (failed.length === 0) findings.push(ok('ready', `${seen.checks.map(({ name }) => name).join(', ')}: books, marks, views and records are in order`))
  const apart = Math.abs(new Date(seen.now).getTime() - now.getTime())
  findings.push(apart > 5_000 ? wrong('clock', `the node's clock and this one's are ${Math.round(apart / 1000)} s apart`, 'keep the machine on time by NTP') : clock(now))
  findings.push(await door(seen.url))
  findings.push(...waitingChecks(seen.waiting, seen.failing, now), ...followerChecks(seen.followers))
  return findings
}

/** A node that does not run: its stores are opened, and closed again. */
export async function stoppedChecks({ config, now }: Subject, options: { readonly verify: boolean }): Promise<Finding[]> {
  const findings: Finding[] = [ok('node', 'does not run'), clock(now)]
  let parts: OpenedParts
  try {
    parts = await openParts({ data: config.data, passphrase: givenPassphrase(config).passphrase })
  } catch (error) {
    const { code, message } = error as { code?: string; message: string }
    return [...findings, wrong('stores', message, code === 'DATA_IN_USE' ? 'another process works on it: stop that one' : BOOK_TODO[code ?? ''] ?? 'see what it says; docs/operations.md tells what to do')]
  }
  try {
    findings.push(...(await bookChecks(parts, now, options.verify)))
    const waiting = []
    for (const { name, collections } of parts.groups) for (const each of await collections?.waiting() ?? []) waiting.push({ group: name, ...each })
    findings.push(...waitingChecks(waiting, await failingWebhooks(parts), now))
  } finally {
    await parts.close()
  }
  return findings
}

async function bookChecks(parts: OpenedParts, now: Date, verify: boolean): Promise<Finding[]> {
  const findings: Finding[] = []
  let books = 0
  let entries = 0
  let newest = ''
  for (const { name, store } of parts.groups) {
    if (!store) continue
    for (const { code, of } of store.health().problems) findings.push(wrong(`books.${name}`, `${code} ${of}`, BOOK_TODO[code] ?? 'docs/operations.md tells what to do'))
    for (const book of await store.books()) {
      books += 1
      entries += Math.max(0, book.seq)
      const last = book.seq > 0 ? await book.entry(book.seq).catch(() => null) : null
      if (last !== null && last.at > newest) newest = last.at
      if (book.seq > 0 && last === null) findings.push(wrong(`books.${name}`, `the last entry of ${book.id} cannot be read`, BOOK_TODO['BOOK_UNREADABLE'] as string))
      if (!(await endIsSound(book))) findings.push(wrong(`books.${name}`, `${book.id} ends with what its writer has not signed`, BOOK_TODO['BOOK_UNREADABLE'] as string))
      if (!verify) continue
      const { findings: found, dropped } = await verifyWhole(book)
      for (const { code, seq, message } of found.slice(0, 5)) findings.push(wrong(`books.${name}`, `${book.id} ${seq ?? ''}: ${code}, ${message}`, BOOK_TODO['BOOK_UNREADABLE'] as string))
      if (found.length + dropped > 5) findings.push(wrong(`books.${name}`, `${book.id}: ${found.length + dropped - 5} more`, 'see above'))
    }
  }
  if (findings.length === 0) findings.push(ok('books', `${books} books with ${entries} entries are at their marks and signed${verify ? '; every entry verifies, every state and posting was made again' : '; npm run doctor -- --verify reads them through'}`))
  if (newest !== '' && new Date(newest).getTime() > now.getTime() + 5 * MINUTE) findings.push(parts.data.endsWith('-demo') ? ok('clock.books', 'a demonstration has a clock of its own') : wrong('clock.books', `the newest entry is of ${newest}, which is yet to come`, "the machine's clock went back: set it right before the node starts"))
  return findings
}

function clock(now: Date): Finding {
  return now.getUTCFullYear() < 2025 ? wrong('clock', `it is ${now.toISOString()}, which cannot be`, 'set the clock, and keep it right by NTP') : ok('clock', `it is ${now.toISOString()}`)
}

async function door(url: string): Promise<Finding> {
  try {
    const { status } = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(5_000) })
    return status === 200 ? ok('port', `${url} answers`) : wrong('port', `${url}/readyz answers ${status}`, 'see what is wrong above')
  } catch {
    return wrong('port', `${url} does not answer`, 'a firewall, or a node that is busy: try again, then look into node.log')
  }
}

function waitingChecks(waiting: Look['waiting'], failing: Look['failing'], now: Date): Finding[] {
  const findings: Finding[] = []
  for (const { group, collection, records, since } of waiting) {
    const minutes = Math.floor((now.getTime() - new Date(since).getTime()) / MINUTE)
    if (minutes < 10) continue
    const what = `${records} of ${collection} (${group}) wait to be delivered, the oldest for ${minutes < 120 ? `${minutes} minutes` : `${Math.floor(minutes / 60)} hours`}`
    findings.push((minutes < 24 * 60 ? advice : wrong)('messages.waiting', what, 'they are tried again by themselves; look at the providers (smtp.*, sms.*) and into node.log'))
  }
  for (const { webhook, book, failures, since, why } of failing) {
    findings.push(advice('webhooks', `webhook ${webhook} (${book}) has failed ${failures} times${since === null ? '' : ` since ${since}`}${why === null ? '' : `: ${why}`}`, 'tell its owner; nothing is lost, it goes on where it stopped'))
  }
  return findings.length > 0 ? findings : [ok('messages', 'no message and no webhook is stuck')]
}

function followerChecks(followers: Look['followers']): Finding[] {
  const stuck = followers.filter(({ attempts }) => attempts >= 3)
  return stuck.map(({ group, follower, seq, attempts }) => wrong('followers', `${follower} (${group}) has tried the entry after ${seq} ${attempts} times`, BOOK_TODO['FOLLOWER_RETRIES'] as string))
}

const todoOf = (reason: string): string => BOOK_TODO[reason.split(/[ ,]/, 1)[0] ?? ''] ?? (reason.startsWith('STORAGE_FULL') ? 'make room' : 'docs/operations.md tells what to do')
