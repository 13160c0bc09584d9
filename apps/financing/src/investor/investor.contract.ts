import type { Json } from '@growr/collections'
import type { FundingSource, ProjectState } from '@growr/lending'
import { formatAmount, type Amount } from '@growr/money'
import type { OrganizationView } from '../financing.ts'
import type { IntentDoc } from './investor.collections.ts'

/** What an investor and the originator sign: the amount, the terms of the funding source, and who ranks before whom. */
export function investorContract(intent: IntentDoc, amount: Amount, source: FundingSource, project: ProjectState, organization: OrganizationView): { [key: string]: Json } {
  return {
    type: 'InvestorContract',
    intent: intent.id,
    project: { key: project.key, name: project.name, endDate: project.endDate },
    originator: { name: organization.name, did: organization.did },
    investor: intent.investor,
    tranche: 'SENIOR',
    currency: project.currency.code,
    amount: formatAmount(amount, project.currency),
    fundingSource: { id: source.id, type: source.type, terms: source.terms },
    interestRate: source.interestRate,
    interestRule: 'outstanding principal x rate x actual days / 360, the first day excluded',
    leverageFactor: source.leverageFactor,
    ranking: ['risk deposits', 'senior yield', 'senior principal', 'junior principal', 'junior yield', "borrowers' rewards", 'junior surplus'],
    repaymentAddress: intent.walletAddress,
  }
}
