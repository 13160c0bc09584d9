import { callerScope, callingUser, defineService, type ActionContext, type Service } from '@growr/bus'
import { identity, loan as contract, Refusal, type Caller } from '@growr/contracts'
import { decideLoan, type LoanState } from '@growr/lending'
import { action, connectionOfList, digestOf, eventsOf } from '@growr/service'
import { type Financing, organizationOf, today } from '../financing.ts'
import { applyForLoan } from './loan.apply.ts'
import { loanContract } from './loan.contract.ts'
import { historyOf } from './loan.history.ts'
import { findOffers } from './loan.offers.ts'
import { presentLoan, withoutBorrower } from './loan.present.ts'
import { updateLoan } from './loan.update.ts'

/** Controls the approval, creation and repayment of loans; reads and writes the Loan book. */
export function loanService(financing: Financing): Service {
  const { books } = financing
  const scopeOf = (key: string) => {
    const { state } = books.requireLoan(key)
    return { organization: state.organizationId, owners: state.subject?.userId ? [state.subject.userId] : [] }
  }
  const projectScope = async (key: string, caller: Caller) => {
    const { state } = books.requireProject(key)
    const owners = caller.kind === 'user' && caller.role === 'INVESTOR' ? await books.investorsOf(financing.intents, key, caller.userId) : []
    return { organization: state.organizationId, owners }
  }
  const contractOf = async (state: LoanState) => {
    const kept = await financing.contracts.get(state.key)
    if (kept) return { digest: kept.doc.digest, document: kept.doc.document, signatures: kept.doc.signatures }
    const document = loanContract(state, books.requireProject(state.projectKey).state, await organizationOf(financing, state.organizationId))
    return { digest: digestOf(document), document, signatures: [] }
  }

  const sign = async ({ loan: key, digest }: { loan: string; digest?: string | undefined }, context: ActionContext) => {
    const user = callingUser(context)
    const { state } = books.requireLoan(key)
    const authority = { caller: context.caller, action: contract.signLoan.name, requestId: context.requestId, params: { loan: key, digest: digest ?? null } }
    const earlier = await books.answered('loan', state.organizationId, authority)
    if (earlier) return presentLoan(earlier.state, earlier.seq)
    const on = await today(financing, state.organizationId)
    const contents = await contractOf(state)
    if (digest !== undefined && digest !== contents.digest) throw new Refusal('CONTRACT_CHANGED', { path: 'digest' })
    // Refused before the key is used: an entry that cannot follow needs no signature.
    eventsOf(decideLoan(state, { type: 'sign', on, contractDigest: contents.digest }))
    const signature = await context.call(identity.signContract, { loan: key, document: contents.document as never })
    return books.withProject(state.projectKey, async () => {
      const events = eventsOf(decideLoan(books.requireLoan(key).state, { type: 'sign', on, contractDigest: contents.digest }))
      if (!(await financing.contracts.get(key))) await financing.contracts.insert({ id: key, kind: 'LOAN', digest: contents.digest, document: contents.document as never, signatures: [signature] })
      const written = await books.append('loan', state.organizationId, key, events, authority, { person: user.userId, project: state.projectKey })
      return presentLoan(written.state, written.seq)
    })
  }

  return defineService({
    name: 'loan',
    actions: [
      action(contract.findOffers, { scope: callerScope, handle: (_params, context) => findOffers(financing, context) }),
      action(contract.applyForLoan, {
        scope: callerScope,
        handle: async (params, context) => {
          const { state, seq } = await applyForLoan(financing, params, context)
          return presentLoan(state, seq)
        },
      }),
      action(contract.getContract, {
        scope: ({ loan }) => scopeOf(loan),
        handle: async ({ loan }) => ({ loan, ...(await contractOf(books.requireLoan(loan).state)) }),
      }),
      action(contract.signLoan, { scope: ({ loan }) => scopeOf(loan), handle: sign }),
      action(contract.updateLoan, { handle: (params, context) => updateLoan(financing, params, context) }),
      action(contract.findByKey, { scope: ({ key }) => scopeOf(key), handle: ({ key }) => books.presentedLoan(key) }),
      action(contract.findByProject, {
        scope: ({ project }, { caller }) => projectScope(project, caller),
        handle: ({ project, status, first, after }, { caller }) => {
          const listed = books.listLoans({ project, status }, { first, after })
          return connectionOfList(listed, caller.kind === 'user' && caller.role === 'INVESTOR' ? withoutBorrower : (loan) => loan)
        },
      }),
      action(contract.findByOrganization, {
        scope: ({ organization }) => ({ organization }),
        handle: ({ organization, status, first, after }) => connectionOfList(books.listLoans({ organization, status }, { first, after })),
      }),
      action(contract.findByUser, {
        scope: ({ user }, { caller }) => {
          const self = caller.kind === 'user' ? caller : undefined
          // Staff ask about anybody, but see the loans of their own organization only.
          return { organization: self?.organization, owners: [user ?? self?.userId ?? ''] }
        },
        handle: ({ user, first, after }, context) => {
          const caller = callingUser(context)
          const organization = caller.role === 'NODE_OPERATOR' ? undefined : caller.organization
          return connectionOfList(books.listLoans({ user: user ?? caller.userId, organization }, { first, after }))
        },
      }),
      action(contract.history, { scope: ({ key }) => scopeOf(key), handle: ({ key }) => historyOf(books, key) }),
    ],
  })
}
