import { callingUser, defineService, type ActionContext, type Service } from '@growr/bus'
import { funding as contract, Refusal, type Caller, type Params } from '@growr/contracts'
import { capitalPosition, decideFunding, type CapitalPosition, type ContractFacts, type FundingCommand, type FundingState, type ProjectState } from '@growr/lending'
import { zero } from '@growr/money'
import { action, connectionOfList, decimal, eventsOf, positiveOf } from '@growr/service'
import { amountOfIntent } from '../investor/investor.service.ts'
import type { IntentDoc } from '../investor/investor.collections.ts'
import { type Financing, today, valueDateOf } from '../financing.ts'
import { presentFunding } from './funding.present.ts'

/** Project funding and the repayment of investors; reads and writes the Funding book. */
export function fundingService(financing: Financing): Service {
  const { books, intents, receipts } = financing

  const requireSigned = async (id: string): Promise<IntentDoc> => {
    const found = await intents.get(id)
    if (!found) throw new Refusal('NOT_FOUND', { path: 'intent' })
    return found.doc
  }
  const intentScope = async ({ intent }: { intent: string }) => {
    const doc = await requireSigned(intent)
    return { organization: doc.organization, owners: [doc.investor] }
  }
  const scopeOf = ({ key }: { key: string }) => {
    const { state } = books.requireFunding(key)
    return { organization: state.organizationId, owners: state.subject?.investorId ? [state.subject.investorId] : [] }
  }
  const show = async (state: FundingState) => presentFunding(state, (await receipts.get(state.key))?.doc.receipt ?? null)

  const facts = (doc: IntentDoc, project: ProjectState): ContractFacts => {
    const { code } = project.currency
    const transfers = books.fundingsOf(doc.project).filter((transfer) => transfer.contractKey === doc.id)
    return { contractKey: doc.id, sourceId: doc.source ?? '', committed: amountOfIntent(doc, code), funded: capitalPosition(code, transfers, '0', project.startDate).funded }
  }
  const owedTo = (doc: IntentDoc, project: ProjectState, asOf: string): CapitalPosition => {
    const transfers = books.fundingsOf(doc.project).filter((transfer) => transfer.contractKey === doc.id)
    const rate = transfers[0]?.interestRate ?? project.funding.find(({ id }) => id === doc.source)?.interestRate ?? '0'
    return capitalPosition(project.currency.code, transfers, rate, asOf)
  }

  type Register = Params<typeof contract.fund> | Params<typeof contract.refund>
  type Transfer = Omit<Extract<FundingCommand, { type: 'fundJunior' }>, 'type'>

  const register = async (action: string, params: Register, context: ActionContext, command: (transfer: Transfer, doc: IntentDoc) => FundingCommand) => {
    const doc = await requireSigned(params.intent)
    if (doc.status !== 'SIGNED') throw new Refusal('INTENT_STATUS', { path: 'intent', details: { status: doc.status } })
    const authority = { caller: context.caller, action, requestId: context.requestId, params }
    const dates = await valueDateOf(financing, doc.organization, params.valueDate)
    return books.withProject(doc.project, async () => {
      const earlier = await books.answered('funding', doc.organization, authority)
      if (earlier) return show(earlier.state)
      const project = books.requireProject(doc.project).state
      const amount = positiveOf(params.amount, project.currency, 'amount')
      const subject = { investorId: doc.investor, contractId: doc.id, reference: params.reference, ...(doc.walletAddress ? { investorAddress: doc.walletAddress } : {}) }
      const events = eventsOf(decideFunding(null, command({ key: financing.newId(), project, amount, ...dates, paymentKey: null, subject }, doc)))
      const written = await books.append('funding', doc.organization, null, events, authority, { project: doc.project, person: doc.investor })
      return show(written.state)
    })
  }

  return defineService({
    name: 'funding',
    actions: [
      action(contract.fund, {
        scope: intentScope,
        handle: (params, context) => register(contract.fund.name, params, context, (transfer, doc) => ({
          type: 'fund', contract: facts(doc, transfer.project), position: books.position(transfer.project), ...transfer,
        })),
      }),
      action(contract.refund, {
        scope: intentScope,
        handle: (params, context) => register(contract.refund.name, params, context, (transfer, doc) => {
          const shares = { contract: facts(doc, transfer.project), ...transfer }
          if (transfer.project.distribution) return { type: 'payShare', tranche: 'SENIOR', selection: { payee: 'INVESTOR', party: doc.id, kind: null }, ...shares }
          return { type: 'repayInvestor', owed: owedTo(doc, transfer.project, transfer.valueDate), position: books.position(transfer.project), ...shares }
        }),
      }),
      action(contract.revert, {
        scope: scopeOf,
        handle: async (params, context) => {
          const { state } = books.requireFunding(params.key)
          const authority = { caller: context.caller, action: contract.revert.name, requestId: context.requestId, params }
          const on = await today(financing, state.organizationId)
          return books.withProject(state.projectKey, async () => {
            const earlier = await books.answered('funding', state.organizationId, authority)
            if (earlier) return show(earlier.state)
            const project = books.requireProject(state.projectKey).state
            const events = eventsOf(decideFunding(books.requireFunding(params.key).state, { type: 'revert', on, project, position: books.position(project), fundings: books.fundingsOf(state.projectKey) }))
            const written = await books.append('funding', state.organizationId, params.key, events, authority, { project: state.projectKey, person: personOf(state) })
            return show(written.state)
          })
        },
      }),
      // Money that a network's listener detected: no network is on in this node yet, so whatever asks is told so.
      action(contract.detect, { handle: () => { throw new Refusal('NOT_OFFERED') } }),
      action(contract.findByKey, { scope: scopeOf, handle: ({ key }) => show(books.requireFunding(key).state) }),
      action(contract.findByProject, {
        scope: async ({ project }, { caller }: { caller: Caller }) => ({
          organization: books.requireProject(project).state.organizationId,
          owners: caller.kind === 'user' && caller.role === 'INVESTOR' ? await books.investorsOf(intents, project, caller.userId) : [],
        }),
        handle: async ({ project, first, after }, { caller }) => {
          const own = caller.kind === 'user' && caller.role === 'INVESTOR' ? caller.userId : undefined
          const listed = books.listFundings(project, { first, after }, (state) => own === undefined || state.subject?.investorId === own)
          const rows = await Promise.all(listed.rows.map(async ({ key, value }) => ({ key, value: await show(value) })))
          return connectionOfList({ ...listed, rows })
        },
      }),
      action(contract.position, {
        scope: intentScope,
        handle: async ({ intent }, context) => {
          callingUser(context)
          const doc = await requireSigned(intent)
          const project = books.requireProject(doc.project).state
          const asOf = await today(financing, doc.organization)
          // A share-out fixed the yield; nothing is earned after it.
          const capital = owedTo(doc, project, project.distribution && project.distribution.on < asOf ? project.distribution.on : asOf)
          const text = (amount: CapitalPosition['funded']) => decimal(amount.amount < 0n ? zero(amount.currency) : amount, project.currency)
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

/** Whom a transfer leads to: the investor, or the organization itself. */
export const personOf = (state: FundingState): string => state.subject?.investorId ?? `organization:${state.organizationId}`
