import { randomInt } from 'node:crypto'
import { callingUser, type ActionContext } from '@growr/bus'
import { CollectionError, type PendingEvent, type WaitingEvent } from '@growr/collections'
import { loan as loans, organization as contract, Refusal, user as users, type Params, type Result } from '@growr/contracts'
import { connectionOf } from '@growr/service'
import type { Kit } from '../kit.ts'
import type { ComplaintDoc } from './organization.collections.ts'

const ATTEMPTS = 32
const MOST_ANSWERS = 50
/** What a template takes at most. */
const MOST_TOLD = 500

export const show = ({ id, organization, user, loan, text, status, answers, at, updatedAt }: ComplaintDoc): contract.Complaint => ({
  number: id, organization, user, loan, text, status, answers, at, updatedAt,
})

type Template = 'complaintReceived' | 'complaintTaken' | 'complaintAnswered' | 'complaintClosed'
const told = (template: Template, answer?: string): PendingEvent => ({ type: 'complaint.told', data: { template, ...(answer === undefined ? {} : { answer: answer.slice(0, MOST_TOLD) }) } })
const open: PendingEvent = { type: 'complaint.open', data: {} }

/** Whose a complaint is: hers who complains, and the organization's. NOT_FOUND. */
export async function complaintScope(kit: Kit, { number }: { number: string }) {
  const found = await kit.complaints.get(number)
  if (found === null) throw new Refusal('NOT_FOUND', { path: 'number' })
  return { owners: [found.doc.user], organization: found.doc.organization }
}

/** A number that is free, of eight digits that say nothing of how many complaints there are. FORBIDDEN, NOT_FOUND (a loan that is not hers). */
export async function complain(kit: Kit, params: Params<typeof contract.complain>, context: ActionContext): Promise<contract.Complaint> {
  const { userId: user, organization: home } = callingUser(context)
  const organization = params.organization ?? home
  const { memberships } = await context.as().call(users.findById, { id: user })
  if (organization === undefined || !memberships.some((held) => held.organization === organization && held.type === 'BORROWER')) throw new Refusal('FORBIDDEN', { path: 'organization' })
  if (params.loan !== undefined) {
    const loan = await context.call(loans.findByKey, { key: params.loan })
    if (loan.organization !== organization) throw new Refusal('NOT_FOUND', { path: 'loan' })
  }
  const request = kit.requestRef(contract.complain, params, context)
  const at = kit.clock.now().toISOString()
  for (let attempt = 0; ; attempt += 1) {
    const doc: ComplaintDoc = {
      id: String(randomInt(10_000_000, 100_000_000)), organization, user, loan: params.loan ?? null, text: params.text, status: 'OPEN', answers: [], at, updatedAt: at,
    }
    try {
      const written = await kit.complaints.insert(doc, { pending: [told('complaintReceived'), open], ...(request && { request }) })
      kit.outbox.wake()
      return show(written.doc)
    } catch (error) {
      if (!(error instanceof CollectionError && error.code === 'DUPLICATE') || attempt === ATTEMPTS) throw error
    }
  }
}

interface Step {
  readonly from: readonly ComplaintDoc['status'][]
  readonly to: ComplaintDoc['status']
  readonly pending: readonly PendingEvent[]
  readonly answer?: string
}

/** COMPLAINT_STATUS where the status does not lead there. */
async function step(kit: Kit, number: string, { from, to, pending, answer }: Step, request: ReturnType<Kit['requestRef']>): Promise<contract.Complaint> {
  const at = kit.clock.now().toISOString()
  const { doc } = await kit.complaints.update(number, (complaint) => {
    if (!from.includes(complaint.status) || complaint.answers.length >= MOST_ANSWERS) throw new Refusal('COMPLAINT_STATUS', { path: 'number', details: { status: complaint.status } })
    return { ...complaint, status: to, updatedAt: at, answers: answer === undefined ? complaint.answers : [...complaint.answers, { text: answer, at }] }
  }, { pending, ...(request && { request }) })
  kit.outbox.wake()
  return show(doc)
}

export const takeComplaint = (kit: Kit, params: Params<typeof contract.takeComplaint>, context: ActionContext): Promise<contract.Complaint> =>
  step(kit, params.number, { from: ['OPEN'], to: 'IN_PROGRESS', pending: [told('complaintTaken')] }, kit.requestRef(contract.takeComplaint, params, context))

export const answerComplaint = (kit: Kit, params: Params<typeof contract.answerComplaint>, context: ActionContext): Promise<contract.Complaint> =>
  step(
    kit, params.number,
    { from: ['OPEN', 'IN_PROGRESS', 'ANSWERED'], to: 'ANSWERED', answer: params.answer, pending: [told('complaintAnswered', params.answer)] },
    kit.requestRef(contract.answerComplaint, params, context),
  )

export const closeComplaint = (kit: Kit, params: Params<typeof contract.closeComplaint>, context: ActionContext): Promise<contract.Complaint> =>
  step(
    kit, params.number,
    { from: ['ANSWERED'], to: params.settled ? 'CLOSED' : 'OPEN', pending: params.settled ? [told('complaintClosed')] : [open] },
    kit.requestRef(contract.closeComplaint, params, context),
  )

/** An organization's, or one's own. */
export function findComplaints(kit: Kit, params: Params<typeof contract.findComplaints>, context: ActionContext): Promise<Result<typeof contract.findComplaints>> {
  const caller = callingUser(context)
  const { organization = caller.organization, status, first, after } = params
  const whose = caller.role === 'BORROWER'
    ? { user: caller.userId, ...(params.organization === undefined ? {} : { organization: params.organization }) }
    : { organization: organization ?? '' }
  return connectionOf(kit.complaints, { ...whose, ...(status === undefined ? {} : { status }) }, { first, after }, show)
}

/** Tells who complained. */
export async function tellComplainer(kit: Kit, event: WaitingEvent): Promise<void> {
  const { template, answer } = event.data as { template: Template; answer?: string }
  const found = await kit.complaints.get(event.recordId)
  if (found === null) return
  const by = await kit.organizations.get(found.doc.organization)
  const named = template === 'complaintReceived' || template === 'complaintTaken' ? { organization: by?.doc.name ?? found.doc.organization } : {}
  const values = { number: found.id, ...named, ...(answer === undefined ? {} : { answer }) }
  await kit.bus.call(users.notify, { user: found.doc.user, template, values }, { as: { service: 'organization' }, requestId: event.id })
}

/** Tells the admins of the organization that a complaint waits. */
export async function tellAdmins(kit: Kit, event: WaitingEvent): Promise<void> {
  const found = await kit.complaints.get(event.recordId)
  if (found === null) return
  await kit.bus.call(users.notifyOrganization, { organization: found.doc.organization, template: 'complaintOpen', values: { number: found.id } }, { as: { service: 'organization' }, requestId: event.id })
}
