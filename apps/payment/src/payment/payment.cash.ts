import { callingUser, type ActionContext } from '@growr/bus'
import { payment as contract, project as projects, Refusal, user as users, type Params, type Result } from '@growr/contracts'
import { decidePayment, type Holder } from '@growr/lending'
import { amountOf, currencyOf } from '@growr/money'
import { decimal, eventsOf, positiveOf } from '@growr/service'
import { bankOf, floatOf, mobileOf, today, type Payments } from '../payments.ts'
import { change, heldBy } from './payment.confirm.ts'
import { OFFICE } from './payment.present.ts'

type HandOver = Params<typeof contract.handOverCash>

/** Registers cash that changes hands; the other side confirms. BAD_INPUT, FORBIDDEN (another agent's float), NOT_FOUND, PROJECT_STATUS. */
export async function handOverCash(payments: Payments, params: HandOver, organization: string, context: ActionContext): Promise<contract.Payment> {
  const { books } = payments
  const { role, userId } = callingUser(context)
  const withAgent = params.from === 'AGENT' || params.to === 'AGENT'
  if (params.from === params.to) throw new Refusal('BAD_INPUT', { path: 'to' })
  const agent = withAgent ? (params.agent ?? (role === 'ORIGINATOR_AGENT' ? userId : undefined)) : undefined
  if (withAgent && agent === undefined) throw new Refusal('BAD_INPUT', { path: 'agent' })
  // An agent answers for the own float alone.
  if (role === 'ORIGINATOR_AGENT' && agent !== userId) throw new Refusal('FORBIDDEN', { path: 'agent' })
  if (agent !== undefined && agent !== userId) await requireAgent(agent, organization, context)
  const project = await context.as().call(projects.findByKey, { key: params.project })
  if (project.status === 'CLOSED') throw new Refusal('PROJECT_STATUS', { path: 'project', details: { status: project.status } })
  const currency = currencyOf(project.currency)
  const amount = positiveOf(params.amount, currency, 'amount')
  const on = await today(payments, organization)
  const holder = async (side: HandOver['from']): Promise<Holder> => (side === 'BANK' ? bankOf(organization) : side === 'MOBILE' ? mobileOf(organization) : side === 'OFFICE' ? { rail: 'CASH', holder: OFFICE } : floatOf(payments, organization, agent as string))
  const authority = { caller: context.caller, action: contract.handOverCash.name, requestId: context.requestId, params }
  const written = await books.once({ organization, project: params.project }, authority, async () => {
    const key = payments.newId()
    const data = {
      key, amount, currency, kind: 'HAND_OVER' as const, organizationId: organization, projectKey: params.project, loanKey: null, fundingKey: null,
      from: await holder(params.from), to: await holder(params.to), valueDate: on, bookingDate: on,
    }
    const subject = { userId, ...(agent === undefined ? {} : { agentId: agent }), ...(params.reference === undefined ? {} : { reference: params.reference }) }
    const events = eventsOf(decidePayment(null, { type: 'add', underWay: false, data, subject }))
    return { key, current: null, events, person: agent ?? `organization:${organization}` }
  })
  return books.shown(written.state.key)
}

async function requireAgent(agent: string, organization: string, context: ActionContext): Promise<void> {
  const { memberships } = await context.as().call(users.findById, { id: agent })
  if (!memberships.some((membership) => membership.type === 'ORIGINATOR_AGENT' && membership.organization === organization && membership.status === 'ACTIVE')) throw new Refusal('NOT_FOUND', { path: 'agent' })
}

/**
 * Who may confirm: never who registered it; the agent's own hand-overs an admin, an admin's to or from an agent that agent.
 * PAYMENT_STATUS, RAIL_MISMATCH, SAME_PERSON, FORBIDDEN, CASH_INSUFFICIENT, FUNDS_INSUFFICIENT.
 */
export function confirmHandOver(payments: Payments, params: { payment: string }, context: ActionContext): Promise<contract.Payment> {
  const { role, userId } = callingUser(context)
  return change(payments, contract.confirmHandOver, params.payment, params, context, (state, on) => {
    if (state.kind !== 'HAND_OVER') throw new Refusal('RAIL_MISMATCH', { path: 'payment', details: { kind: state.kind } })
    const registrar = state.subject?.userId
    const agent = state.subject?.agentId
    if (registrar === userId) throw new Refusal('SAME_PERSON', { path: 'payment' })
    if (agent !== undefined && (registrar === agent ? role !== 'ORIGINATOR_ADMIN' : agent !== userId)) throw new Refusal('FORBIDDEN', { path: 'payment' })
    return { type: 'confirm', valueDate: state.valueDate, bookingDate: on, held: heldBy(payments, state) }
  })
}

/** The cash that agents hold, by project; an agent sees the own. */
export async function cashFloats(payments: Payments, { organization, agent }: Params<typeof contract.cashFloats>, context: ActionContext): Promise<Result<typeof contract.cashFloats>> {
  const { role, userId } = callingUser(context)
  const wanted = role === 'ORIGINATOR_AGENT' ? userId : agent
  const floats: Result<typeof contract.cashFloats> = []
  for (const { account, currency, amount } of payments.books.cashOf(organization)) {
    const [, , holder, project] = account.split('/') as [string, string, string, string]
    if (holder === OFFICE) continue
    const doc = (await payments.holders.get(holder))?.doc
    if (!doc || (wanted !== undefined && doc.agent !== wanted)) continue
    const known = currencyOf(currency)
    floats.push({ agent: doc.agent, project, currency, amount: decimal(amountOf(amount, currency), known) })
  }
  return floats
}
