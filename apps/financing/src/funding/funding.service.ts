import { defineService, type ActionContext, type Service } from '@growr/bus'
import { funding as contract, Refusal, type Caller, type Params } from '@growr/contracts'
import { decideFunding, type CapitalPosition, type FundingCommand, type FundingState } from '@growr/lending'
import { maximum, zero } from '@growr/money'
import { action, connectionOfList, decimal, eventsOf, positiveOf, valueDates } from '@growr/service'
import { investorOf } from '../books/persons.ts'
import { type Financing, today } from '../financing.ts'
import type { IntentDoc } from '../investor/investor.collections.ts'
import { requireAtBank } from '../project/project.accounts.ts'
import { investorsOf } from '../project/project.rights.ts'
import { settleShares } from '../project/project.shares.ts'
import { capitalOf, factsOf } from './funding.capital.ts'
import { checkOutgoing, detect } from './funding.detect.ts'
import { presentFunding } from './funding.present.ts'

/** Project funding and the repayment of investors; reads and writes the Funding book. */
export function fundingService(financing: Financing): Service {
  const { books, intents, receipts } = financing

  const requireIntent = async (id: string): Promise<IntentDoc> => {
    const found = await intents.get(id)
    if (!found) throw new Refusal('NOT_FOUND', { path: 'intent' })
    return found.doc
  }
  const intentScope = async ({ intent }: { intent: string }) => {
    const doc = await requireIntent(intent)
    return { organization: doc.organization, owners: [doc.investor] }
  }
  const scopeOf = ({ key }: { key: string }) => {
    const { state } = books.requireFunding(key)
    return { organization: state.organizationId, owners: state.subject?.investorId ? [state.subject.investorId] : [] }
  }
  const show = async (state: FundingState) => presentFunding(state, (await receipts.get(state.key))?.doc.receipt ?? null)

  type Register = Params<typeof contract.fund> | Params<typeof contract.refund>
  type Transfer = Omit<Extract<FundingCommand, { type: 'fundJunior' }>, 'type'>

  const register = async (action: string, params: Register, context: ActionContext, command: (transfer: Transfer, doc: IntentDoc) => FundingCommand) => {
    const doc = await requireIntent(params.intent)
    if (doc.status !== 'SIGNED') throw new Refusal('INTENT_STATUS', { path: 'intent', details: { status: doc.status } })
    // Capital moves by the bank; an agent's cash reaches it by a hand-over.
    if ('rail' in params && params.rail !== 'BANK') throw new Refusal('RAIL_MISMATCH', { path: 'rail' })
    const { organization, project, investor, walletAddress } = doc
    const amount = positiveOf(params.amount, books.requireProject(project).state.currency, 'amount')
    const authority = { caller: context.caller, action, requestId: context.requestId, params }
    const dates = valueDates(await today(financing, organization), params.valueDate)
    const written = await books.inTurn(project, async () => {
      const registered = await books.onceInTurn('funding', { organization, project }, authority, async () => {
        await settleShares(financing, project)
        const { state } = books.requireProject(project)
        const subject = { investorId: investor, contractId: doc.id, reference: params.reference, ...(walletAddress ? { investorAddress: walletAddress } : {}) }
        const decided = command({ key: financing.newId(), project: state, amount, ...dates, paymentKey: null, subject }, doc)
        const events = eventsOf(decideFunding(null, decided))
        if (decided.type !== 'fund') await requireAtBank(financing, state, amount)
        return { current: null, events, person: investor }
      })
      await settleShares(financing, project)
      return registered
    })
    return show(written.state)
  }

  const revert = async (params: Params<typeof contract.revert>, context: ActionContext) => {
    const { organizationId: organization, projectKey: project } = books.requireFunding(params.key).state
    const authority = { caller: context.caller, action: contract.revert.name, requestId: context.requestId, params }
    const on = await today(financing, organization)
    const written = await books.once('funding', { organization, project }, authority, async () => {
      const current = books.requireFunding(params.key)
      const { state } = books.requireProject(project)
      const events = eventsOf(decideFunding(current.state, { type: 'revert', on, project: state, position: books.position(state), fundings: books.fundingsOf(project) }))
      if (current.state.paymentType === 'INCOMING') await requireAtBank(financing, state, current.state.amount)
      return { current, events, person: investorOf(current.state) }
    })
    return show(written.state)
  }

  return defineService({
    name: 'funding',
    actions: [
      action(contract.fund, {
        scope: intentScope,
        handle: (params, context) => register(contract.fund.name, params, context, (transfer, doc) => ({
          type: 'fund', contract: factsOf(financing, doc, transfer.project), position: books.position(transfer.project), ...transfer,
        })),
      }),
      action(contract.refund, {
        scope: intentScope,
        handle: (params, context) => register(contract.refund.name, params, context, (transfer, doc) => {
          const shares = { contract: factsOf(financing, doc, transfer.project), ...transfer }
          if (transfer.project.distribution) return { type: 'payShare', tranche: 'SENIOR', selection: { payee: 'INVESTOR', party: doc.id, kind: null }, ...shares }
          return { type: 'repayInvestor', owed: capitalOf(financing, doc, transfer.project, transfer.valueDate), position: books.position(transfer.project), ...shares }
        }),
      }),
      action(contract.revert, { scope: scopeOf, handle: revert }),
      action(contract.detect, { handle: (params, context) => detect(financing, params, context) }),
      action(contract.checkOutgoing, { handle: (params) => checkOutgoing(financing, params) }),
      action(contract.findByKey, { scope: scopeOf, handle: ({ key }) => show(books.requireFunding(key).state) }),
      action(contract.findByProject, {
        scope: async ({ project }, { caller }: { caller: Caller }) => ({
          organization: books.requireProject(project).state.organizationId,
          owners: await investorsOf(financing, project, caller),
        }),
        handle: async ({ project, first, after }, { caller }) => {
          const investor = caller.kind === 'user' && caller.role === 'INVESTOR' ? caller.userId : undefined
          const listed = books.listFundings({ project, investor }, { first, after })
          const rows = await Promise.all(listed.rows.map(async ({ key, value }) => ({ key, value: await show(value) })))
          return connectionOfList({ ...listed, rows })
        },
      }),
      action(contract.position, {
        scope: intentScope,
        handle: async ({ intent }) => {
          const doc = await requireIntent(intent)
          const project = books.requireProject(doc.project).state
          const asOf = await today(financing, doc.organization)
          const capital = capitalOf(financing, doc, project, asOf)
          const text = (amount: CapitalPosition['funded']) => decimal(maximum(amount, zero(amount.currency)), project.currency)
          return {
            intent, project: doc.project, currency: project.currency.code, asOf,
            funded: text(capital.funded), principalOutstanding: text(capital.principalOutstanding), yieldAccrued: text(capital.yieldAccrued),
            yieldPaid: text(capital.yieldPaid), principalPaid: text(capital.principalPaid),
          }
        },
      }),
    ],
  })
}
