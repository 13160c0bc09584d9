import type { Book } from '@growr/books'
import type { PaymentState } from '@growr/lending'
import { formatAmount } from '@growr/money'
import type { Parts } from '../parts.ts'
import type { Held } from './sending.ts'
import type { Restored } from './note.ts'

/** A payment that was under way at the instant of the back-up. */
export interface UnderWay {
  readonly organization: string
  readonly key: string
  readonly kind: string
  readonly rail: string
  readonly amount: string
  readonly status: string
  readonly since: string
}

/** What an operator has to look at before a restored node may send again. */
export interface ToReconcile {
  readonly instant: string
  readonly restoredAt: string
  readonly sending: 'off' | 'on'
  readonly lost: Restored['lost']
  /** Messages that may have been sent already, by template and channel. */
  readonly messages: readonly { readonly template: string; readonly channel: 'email' | 'sms'; readonly count: number }[]
  readonly payments: readonly UnderWay[]
}

/** Statuses in which a payment can still become one thing or another. */
const SETTLED = new Set(['CONFIRMED', 'FAILED', 'REVERTED', 'CANCELLED'])
const PAGE = 500

export async function toReconcile(parts: Parts, note: Restored, held: readonly Held[]): Promise<ToReconcile> {
  const counts = new Map<string, ToReconcile['messages'][number]>()
  for (const { template, to } of held) {
    const channel = 'email' in to ? 'email' : 'sms'
    const known = counts.get(`${template} ${channel}`)
    counts.set(`${template} ${channel}`, { template, channel, count: (known?.count ?? 0) + 1 })
  }
  const payments: UnderWay[] = []
  for (const { name, store } of parts.groups) {
    if (name !== 'payment') continue
    for (const book of await store?.books() ?? []) payments.push(...(await underWay(book)))
  }
  return { instant: note.instant, restoredAt: note.at, sending: note.sending, lost: note.lost, messages: [...counts.values()], payments }
}

async function underWay(book: Book): Promise<UnderWay[]> {
  const found: UnderWay[] = []
  for (let after = ''; ;) {
    const keys = await book.keys(after, PAGE)
    for (const key of keys) {
      const record = await book.get<PaymentState>(key, { subject: false })
      if (record === null || SETTLED.has(record.state.status)) continue
      const { state } = record
      const entry = await book.entry(record.seq)
      found.push({ organization: book.organization, key, kind: state.kind, rail: (state.to ?? state.from)?.rail ?? '', amount: `${formatAmount(state.amount, state.currency)} ${state.currency.code}`, status: state.status, since: entry?.at ?? '' })
    }
    after = keys.at(-1) ?? after
    if (keys.length < PAGE) return found
  }
}

/** The same in words. */
export function reconcileLines(report: ToReconcile): string[] {
  const { instant, restoredAt, lost, messages, payments } = report
  const lines = [
    `This node was restored on ${restoredAt}; everything is as it was at ${instant}.`,
    'What happened in between is not here. Before the node sends again, look at:',
    '',
    `1. Payments under way at that instant (${payments.length}): did the money move since? Compare with the statements of bank and provider.`,
    ...payments.slice(0, 100).map(({ organization, key, kind, rail, amount, status, since }) => `   ${organization}  ${key}  ${kind} ${rail}  ${amount}  ${status} since ${since}`),
    ...(payments.length > 100 ? [`   … and ${payments.length - 100} more; --json lists all`] : []),
    `2. Money that moved after ${instant} and is not here: register it with its value date, from the statements, the agents' receipts and their lists.`,
    `3. Messages that may have been sent already (${messages.reduce((sum, { count }) => sum + count, 0)}): they are held back.`,
    ...messages.map(({ template, channel, count }) => `   ${count} × ${template} by ${channel}`),
    '4. People who were erased since, unless their erasure was found: erase them again. People and permissions that were added or withdrawn since.',
  ]
  if (lost.length > 0) lines.push('5. The marks that were found show what is missing:', ...lost.map(({ book, entries }) => `   ${book}: ${entries} ${entries === 1 ? 'entry' : 'entries'}`))
  return lines
}
