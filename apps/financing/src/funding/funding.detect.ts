import type { ActionContext } from '@growr/bus'
import { funding as contract, project as projects, Refusal, type Params, type Result } from '@growr/contracts'
import { decideFunding, isRefused, type FundingCommand, type PaymentState, type ProjectState } from '@growr/lending'
import { fromJson, type Amount } from '@growr/money'
import { eventsOf, positiveOf } from '@growr/service'
import { investorOf } from '../books/persons.ts'
import { type Financing, today } from '../financing.ts'
import type { IntentDoc } from '../investor/investor.collections.ts'
import { settleShares } from '../project/project.shares.ts'
import { capitalOf, factsOf } from './funding.capital.ts'

/** The facts of the Payment book that capital hears of. */
const FACTS = new Set(['payment.confirmed', 'payment.reverted'])

/**
 * Brings the Funding book up to a fact of the Payment book: capital that a network confirmed, or took back. The fact is read from that
 * book, not taken from the call. What cannot be taken is answered with its reason, and the Payment book keeps the money in suspense.
 */
export async function detect(financing: Financing, params: Params<typeof contract.detect>, context: ActionContext): Promise<Result<typeof contract.detect>> {
  const { books } = financing
  const [entry] = await context.as().call(projects.paymentEntries, { organization: params.organization, book: 'payment', after: params.seq - 1, limit: 1 })
  if (!entry || entry.seq !== params.seq || entry.key !== params.payment) throw new Refusal('NOT_FOUND', { path: 'payment' })
  const payment = fromJson(entry.state) as PaymentState | null
  if (!FACTS.has(entry.type) || !payment || (payment.kind !== 'TRANSFER_IN' && payment.kind !== 'TRANSFER_OUT')) return { taken: false, refused: null }
  const { organizationId: organization, projectKey: project } = payment
  if (organization !== params.organization || books.requireProject(project).state.organizationId !== organization) throw new Refusal('NOT_FOUND', { path: 'payment' })
  const authority = {
    caller: context.through ?? context.caller, action: contract.detect.name, requestId: `payment:${payment.key}:${entry.seq}`, params: { payment: payment.key },
    cause: { group: 'payment', organization, book: 'payment', key: payment.key, seq: entry.seq } as const,
  }
  const on = await today(financing, organization)
  const doc = payment.subject?.contractId === undefined ? null : ((await financing.intents.get(payment.subject.contractId))?.doc ?? null)
  let refused = null as string | null
  await books.inTurn(project, async () => {
    await books.onceInTurn('funding', { organization, project }, authority, async () => {
      await settleShares(financing, project)
      const { state } = books.requireProject(project)
      const booked = books.fundingsOf(project).find(({ paymentKey }) => paymentKey === payment.key)
      if (entry.type === 'payment.reverted') {
        // Money that was never taken is none of this book's business when it goes back.
        if (!booked || booked.status === 'REVERTED') return null
        const decision = decideFunding(booked, { type: 'revert', on, project: state, position: books.position(state), fundings: books.fundingsOf(project), detected: true })
        if (isRefused(decision)) return refuse(decision.refused)
        return { current: books.requireFunding(booked.key), events: decision.events, person: investorOf(booked) }
      }
      if (booked) return null
      const command = commandOf(financing, payment, state, doc)
      if (command === null) return refuse('INTENT_STATUS')
      const decision = decideFunding(null, command)
      if (isRefused(decision)) return refuse(decision.refused)
      return { current: null, events: decision.events, person: doc?.investor ?? `organization:${organization}` }
    })
    await settleShares(financing, project)
  })
  return { taken: refused === null, refused }

  function refuse(code: string): null {
    refused = code
    return null
  }
}

/** What a payment means for capital: of an investor's contract, or of the originator's. Null for a contract that is not signed (any more). */
function commandOf(financing: Financing, payment: PaymentState, project: ProjectState, doc: IntentDoc | null): FundingCommand | null {
  const { books } = financing
  const { kind, amount, valueDate, bookingDate, key: paymentKey, subject } = payment
  const transfer = {
    key: financing.newId(), project, amount, valueDate, bookingDate, paymentKey,
    subject: {
      ...(subject?.reference === undefined ? {} : { reference: subject.reference }),
      ...(doc ? { investorId: doc.investor, contractId: doc.id, ...(subject?.address === undefined ? {} : { investorAddress: subject.address }) } : {}),
    },
  }
  if (subject?.contractId !== undefined && doc?.status !== 'SIGNED') return null
  if (kind === 'TRANSFER_IN') return doc ? { type: 'fund', contract: factsOf(financing, doc, project), position: books.position(project), ...transfer } : { type: 'fundJunior', ...transfer }
  return outgoing(financing, transfer, project, doc, valueDate)
}

type Transfer = Omit<Extract<FundingCommand, { type: 'fundJunior' }>, 'type'>

/** What goes out is a repayment while the project runs, and a share after it was wound up. */
function outgoing(financing: Financing, transfer: Transfer, project: ProjectState, doc: IntentDoc | null, valueDate: string): FundingCommand {
  const position = financing.books.position(project)
  const contract = doc && factsOf(financing, doc, project)
  if (project.distribution) {
    const selection = doc ? { payee: 'INVESTOR', party: doc.id, kind: null } as const : { payee: 'ORIGINATOR', party: project.organizationId, kind: null } as const
    return { type: 'payShare', tranche: doc ? 'SENIOR' : 'JUNIOR', contract, selection, ...transfer }
  }
  if (doc && contract) return { type: 'repayInvestor', contract, owed: capitalOf(financing, doc, project, valueDate), position, ...transfer }
  return { type: 'withdrawJunior', position, ...transfer }
}

/** Refuses what could not be booked if it left now: NOT_OWED, FUNDS_INSUFFICIENT, FUNDS_RESERVED, LEVERAGE_EXCEEDED, PROJECT_STATUS. */
export async function checkOutgoing(financing: Financing, { project: key, intent, amount }: Params<typeof contract.checkOutgoing>): Promise<Result<typeof contract.checkOutgoing>> {
  const { state } = financing.books.requireProject(key)
  const doc = intent === undefined ? null : ((await financing.intents.get(intent))?.doc ?? null)
  if (intent !== undefined && doc?.project !== key) throw new Refusal('NOT_FOUND', { path: 'intent' })
  const on = await today(financing, state.organizationId)
  const transfer: Transfer = { key: financing.newId(), project: state, amount: positive(amount, state), valueDate: on, bookingDate: on, paymentKey: null }
  eventsOf(decideFunding(null, outgoing(financing, transfer, state, doc, on)))
  return { ok: true }
}

const positive = (amount: string, { currency }: ProjectState): Amount => positiveOf(amount, currency, 'amount')

