import type { ActionContext } from '@growr/bus'
import { identity, Refusal, user as users } from '@growr/contracts'
import type { LoanSubject } from '@growr/lending'
import type { ReadLoan } from './loan.import.rows.ts'

/** The identity group answers about so many members at once. */
const BATCH = 500

/** Whose the loans are, by their numbers: members of the organization, by their number there or by their phone. */
export async function borrowersOf(organization: string, loans: readonly ReadLoan[], context: ActionContext): Promise<Map<string, LoanSubject>> {
  const found = new Map<string, LoanSubject>()
  const numbers = [...new Set(loans.map(({ member }) => member).filter((member) => member !== ''))]
  const members = new Map<string, LoanSubject>()
  for (let at = 0; at < numbers.length; at += BATCH) {
    const answered = await context.as().call(users.findMembers, { organization, numbers: numbers.slice(at, at + BATCH) })
    for (const { number, user, did } of answered) members.set(number, { userId: user, userDid: did })
  }
  const phones = new Map<string, LoanSubject | undefined>()
  for (const { number, member, phone } of loans) {
    if (member === '' && !phones.has(phone)) phones.set(phone, await byPhone(organization, phone, context))
    const subject = member === '' ? phones.get(phone) : members.get(member)
    if (subject) found.set(number, subject)
  }
  return found
}

/** Nobody where the number is none, is nobody's, or is that of somebody who does not borrow from this organization. */
async function byPhone(organization: string, phone: string, context: ActionContext): Promise<LoanSubject | undefined> {
  try {
    const { user } = await context.as().call(users.findByPhone, { phone })
    if (user === null) return undefined
    const { did, organizations } = await context.as().call(identity.resolveUser, { user })
    return organizations.includes(organization) ? { userId: user, userDid: did } : undefined
  } catch (error) {
    if (error instanceof Refusal && (error.kind === 'NOT_FOUND' || error.kind === 'INVALID')) return undefined
    throw error
  }
}
