import { defineService, implement, type Bus } from '@growr/bus'
import { funding, investor, loan, payment, project, Refusal } from '@growr/contracts'

/** What the tests say that the financing group holds. */
export interface Books {
  readonly projects: Map<string, project.Project>
  /** Loan contracts by loan, with their borrower. */
  readonly contracts: Map<string, { document: Record<string, unknown>; organization: string; borrower: string }>
  readonly intents: Map<string, { document: Record<string, unknown>; digest: string; organization: string; investor: string }>
  readonly transfers: Map<string, { organization: string; amount: string }>
  readonly entries: project.FeedEntry[]
  /** What was asked of the books for erasures; `refuse` fails one of them, as a group does that just stopped. */
  readonly erasures: { readonly asked: string[]; refuse: string | undefined }
}

export function aProject(key: string, organization: string, criteria: project.Criteria): project.Project {
  return {
    key, status: 'ACTIVATED', organization, name: 'Coffee', description: '', isPublic: true, isInviteOnly: false, profileUrl: null, bannerUrl: null,
    startDate: '2026-03-01', endDate: '2026-09-30', currency: 'HNL', amount: '500000.00', juniorRate: '0', criteria,
    loans: {
      type: 'inputs', schedule: 'FLAT', minAmount: '5000.00', maxAmount: '20000.00', minMonths: 3, maxMonths: 6, interestRate: '18.00', disbursementFee: '0', cashBackRate: '0',
      gracePeriod: 0, isCommunity: false, riskDepositRate: '0', defaultAfterDays: 90, offerDays: 14, coolingOffDays: 0, approvalAbove: null, debtCeiling: null,
    },
    funding: [], juniorCapital: '0.00', seniorCapital: '0.00', available: '0.00', reserved: '0.00', lent: '0.00', repaid: '0.00', outstanding: '0.00', loanCount: 0, payables: [], version: 1,
  }
}

function erasing({ erasures }: Books, book: string, { check }: { check: boolean }): void {
  const step = `${book}${check ? '?' : ''}`
  if (erasures.refuse === step) throw new Refusal('UNAVAILABLE')
  erasures.asked.push(step)
}

/** Plays the payment group, as far as an erasure needs it. */
export function offerPayment(bus: Bus, books: Books): void {
  void bus.serve(defineService({ name: 'payment', actions: [implement(payment.erasePerson, { handle: (params) => (erasing(books, 'payment', params), { erased: [] }) })] }))
}

/** Plays the financing group: real contracts and rights over what the test has put in. */
export function offerFinancing(bus: Bus): Books {
  const books: Books = { projects: new Map(), contracts: new Map(), intents: new Map(), transfers: new Map(), entries: [], erasures: { asked: [], refuse: undefined } }
  const found = <T>(value: T | undefined): T => {
    if (value === undefined) throw new Refusal('NOT_FOUND')
    return value
  }
  void bus.serve(defineService({
    name: 'project',
    actions: [
      implement(project.findByKey, { scope: ({ key }) => ({ organization: found(books.projects.get(key)).organization }), handle: ({ key }) => found(books.projects.get(key)) }),
      implement(project.entries, {
        handle: ({ organization, book, after, limit }) => books.entries.filter((entry) => entry.organization === organization && entry.book === book && entry.seq > after).slice(0, limit),
      }),
    ],
  }))
  void bus.serve(defineService({
    name: 'loan',
    actions: [
      implement(loan.erasePerson, { handle: (params) => (erasing(books, 'loan', params), { erased: [] }) }),
      implement(loan.getContract, {
        scope: ({ loan: key }) => ({ owners: [found(books.contracts.get(key)).borrower], organization: found(books.contracts.get(key)).organization }),
        handle: ({ loan: key }) => ({ loan: key, digest: 'd', document: found(books.contracts.get(key)).document, signatures: [] }),
      }),
    ],
  }))
  const intentScope = ({ intent }: { intent: string }) => ({ owners: [found(books.intents.get(intent)).investor], organization: found(books.intents.get(intent)).organization })
  void bus.serve(defineService({
    name: 'investor',
    actions: [
      implement(investor.getContract, {
        scope: intentScope,
        handle: ({ intent }) => ({ intent, digest: found(books.intents.get(intent)).digest, document: found(books.intents.get(intent)).document, signatures: [], interestRate: '8.00' }),
      }),
      implement(investor.findIntent, {
        scope: intentScope,
        handle: ({ intent }) => {
          const { organization, investor: who } = found(books.intents.get(intent))
          return { id: intent, project: 'p', organization, investor: who, status: 'CONFIRMED' as const, source: null, amount: null, walletAddress: null, createdAt: '2026-03-01T00:00:00.000Z' }
        },
      }),
    ],
  }))
  void bus.serve(defineService({
    name: 'funding',
    actions: [
      implement(funding.findByKey, {
        scope: ({ key }) => ({ organization: found(books.transfers.get(key)).organization }),
        handle: ({ key }) => {
          const { organization, amount } = found(books.transfers.get(key))
          return {
            key, project: 'p', organization, tranche: 'SENIOR' as const, type: 'BANK' as const, paymentType: 'INCOMING' as const, status: 'CONFIRMED' as const, currency: 'HNL', amount, yield: '0.00', principal: '0.00',
            valueDate: '2026-03-01', intent: null, investor: null, reference: null, receipt: null,
          }
        },
      }),
    ],
  }))
  return books
}
