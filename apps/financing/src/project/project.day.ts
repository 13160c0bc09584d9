import { setImmediate as breath } from 'node:timers/promises'
import type { project as contract, Result } from '@growr/contracts'
import { addDays, closeDay, decideDay } from '@growr/lending'
import { eventsOf } from '@growr/service'
import { borrowerOf } from '../books/persons.ts'
import { type Financing, today } from '../financing.ts'

/** So many loans of a project go through a day together: their entries share one write to the disk. */
const TOGETHER = 64
/** After so many loans of a day its progress is told. */
const TELL_EVERY = 5_000

export interface ClosingOptions {
  /** Is told of each day that is closed, and how many loans it was looked at for. */
  readonly progress?: (day: string, loans: number) => void
  /** Is told during a long day how many of its loans are done. */
  readonly during?: (day: string, done: number, loans: number) => void
  /** False where the node is about to stop: the day is taken up again at the next start. */
  readonly goOn?: () => boolean
}

const queueOf = (organization: string): string => `calendar:${organization}`

/** The organization's business date, and the last day that was closed; null before its first project. */
export async function businessDayOf(financing: Financing, organization: string): Promise<Result<typeof contract.businessDay>> {
  return { organization, businessDate: await today(financing, organization), lastClosed: financing.books.closedThrough(organization) ?? null, closing: financing.closing.get(organization) ?? null }
}

/** Opens the organization's calendar with the day before its first business day. */
export async function openCalendar(financing: Financing, organization: string, on: string): Promise<void> {
  const { books } = financing
  if (books.closedThrough(organization) !== undefined) return
  await books.inTurn(queueOf(organization), async () => {
    if (books.closedThrough(organization) === undefined) await append(financing, organization, addDays(on, -1))
  })
}

/**
 * Closes every day before today that is open, in order: offers lapse, interest of bullet loans accrues, what is due and not paid is
 * overdue. Killed anywhere and run again, each loan is brought through each day once: its state says through which day it is.
 */
export async function closeDays(financing: Financing, organization: string, { progress, during, goOn }: ClosingOptions = {}): Promise<void> {
  const { books, closing } = financing
  const on = await today(financing, organization)
  const work = books.inTurn(queueOf(organization), async () => {
    for (;;) {
      const closed = books.closedThrough(organization)
      if (closed === undefined) return
      const day = addDays(closed, 1)
      if (day >= on) return
      const loans = books.loansOfDay(organization, day)
      let done = 0
      let told = 0
      closing.set(organization, { day, loans: loans.length, done })
      for (const [project, keys] of together(loans)) {
        await books.inTurn(project, async () => {
          await Promise.all(keys.map((key) => closeLoanDay(financing, organization, project, key, day)))
        })
        done += keys.length
        closing.set(organization, { day, loans: loans.length, done })
        if (done - told >= TELL_EVERY && done < loans.length) {
          told = done
          during?.(day, done, loans.length)
        }
        if (goOn?.() === false) return
        // A long day must not keep the node from answering.
        await breath()
      }
      await append(financing, organization, day)
      progress?.(day, loans.length)
    }
  })
  return work.finally(() => closing.delete(organization))
}

/** Loans of one project each, at most so many; they come in the order of their projects. */
function* together(loans: readonly { key: string; project: string }[]): Generator<[project: string, keys: string[]]> {
  for (let from = 0; from < loans.length; ) {
    const { project } = loans[from]!
    let to = from
    while (to < loans.length && to - from < TOGETHER && loans[to]!.project === project) to += 1
    yield [project, loans.slice(from, to).map(({ key }) => key)]
    from = to
  }
}

/** In the project's queue. */
async function closeLoanDay({ books }: Financing, organization: string, project: string, key: string, day: string): Promise<void> {
  const current = books.requireLoan(key)
  const events = closeDay(current.state, day)
  if (events.length === 0) return
  const authority = { caller: { kind: 'service', service: 'loan' } as const, action: 'project.closeDay', requestId: `day:${day}:${key}`, params: { day, loan: key } }
  await books.onceInTurn('loan', { organization, project }, authority, () => ({ current, events, person: borrowerOf(current.state), businessDate: day }))
}

async function append({ books }: Financing, organization: string, date: string): Promise<void> {
  const events = eventsOf(decideDay(books.calendar(organization), { organizationId: organization, date }))
  const authority = { caller: { kind: 'service', service: 'project' } as const, action: 'project.closeDay', requestId: `day:${date}`, params: { date } }
  await books.appendDay(organization, events, authority, date)
}
