import type { project as contract, Result } from '@growr/contracts'
import { addDays, closeDay, decideDay } from '@growr/lending'
import { eventsOf } from '@growr/service'
import { type Financing, today } from '../financing.ts'

/** The organization's calendar; opened the day before its first business day. */
export async function businessDayOf(financing: Financing, organization: string, on: string): Promise<Result<typeof contract.businessDay>> {
  const { books } = financing
  if (!books.closedThrough(organization)) {
    await books.withProject(`calendar:${organization}`, async () => {
      if (!books.closedThrough(organization)) await append(financing, organization, addDays(on, -1))
    })
  }
  return { organization, businessDate: on, lastClosed: books.closedThrough(organization) ?? null }
}

/**
 * Closes every day before today that is open, in order: offers lapse, interest of bullet loans accrues, what is due and not paid is
 * overdue. Killed anywhere and run again, each loan is brought through each day once: its state says through which day it is.
 */
export async function closeDays(financing: Financing, organization: string, progress: (day: string) => void = () => undefined): Promise<void> {
  const { books } = financing
  return books.withProject(`calendar:${organization}`, async () => {
    const on = await today(financing, organization)
    for (;;) {
      const closed = books.closedThrough(organization)
      if (closed === undefined) return
      const day = addDays(closed, 1)
      if (day >= on) return
      for (const { key, project } of books.openLoans(organization)) await closeLoanDay(financing, organization, project, key, day)
      await append(financing, organization, day)
      progress(day)
    }
  })
}

async function closeLoanDay(financing: Financing, organization: string, project: string, key: string, day: string): Promise<void> {
  const { books } = financing
  // Looked at without the queue first: on most days nothing happens to a loan.
  if (closeDay(books.requireLoan(key).state, day).length === 0) return
  await books.withProject(project, async () => {
    const { state } = books.requireLoan(key)
    const events = closeDay(state, day)
    if (events.length === 0) return
    const authority = { caller: { kind: 'service', service: 'loan' } as const, action: 'project.closeDay', requestId: `day:${day}:${key}`, params: { day, loan: key } }
    await books.append('loan', organization, key, events, authority, { project, person: state.subject?.userId ?? null, businessDate: day })
  })
}

async function append({ books }: Financing, organization: string, date: string): Promise<void> {
  const events = eventsOf(decideDay(books.calendar(organization), { organizationId: organization, date }))
  const authority = { caller: { kind: 'service', service: 'project' } as const, action: 'project.closeDay', requestId: `day:${date}`, params: { date } }
  await books.appendDay(organization, events, authority, date)
}
