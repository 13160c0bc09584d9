import { organization as organizations, user as users, type project } from '@growr/contracts'
import { OPERATOR, PASSWORD, type Rig, type Session } from './rig.ts'
import { aProject } from './financing.ts'

export interface Cooperative {
  readonly operator: Session
  readonly admin: Session
  readonly agent: Session
  readonly borrower: Session
  readonly did: string
  readonly org: string
  /** An organization of its own, with its admin. */
  readonly other: { readonly org: string; readonly admin: Session }
  readonly issuer: string
}

/** An organization with an admin, an agent and a borrower, and a second one. */
export async function aCooperative(rig: Rig, issuer: () => Promise<{ did: string }>): Promise<Cooperative> {
  const operator = await rig.signUp('NODE_OPERATOR', { address: OPERATOR })
  const found = async (name: string, adminEmail: string): Promise<{ org: string; admin: Session }> => {
    const { id } = await rig.as(operator).call(organizations.createOrganization, { name, timezone: 'America/Tegucigalpa', adminName: 'Admin', adminEmail })
    return { org: id, admin: await rig.call(users.registerOriginator, { email: adminEmail, code: await rig.code(adminEmail), password: PASSWORD }) }
  }
  const { org, admin } = await found('COMSA', 'ana@comsa.example')
  const other = await found('Guild', 'gus@guild.example')
  const agent = await rig.signUp('ORIGINATOR_AGENT', { organization: org, address: '+50499000000', by: admin })
  const borrower = await rig.signUp('BORROWER', { organization: org, address: '+50499000001', by: admin })
  const { did } = await rig.as(borrower).call(users.me, {})
  return { operator, admin, agent, borrower, did: did as string, org, other, issuer: (await issuer()).did }
}

export const claims = {
  KYC: { level: 2, country: 'HN', amlClear: true, checkedOn: '2026-02-20', fullName: 'Beatriz Flores' },
  SavingsHistory: { currency: 'HNL', months: 14, averageBalance: 150_000 },
} as const

export function open(rig: Rig, { org, issuer }: Cooperative, key: string, criteria: Partial<project.Criteria> = {}): void {
  rig.books.projects.set(key, aProject(key, org, { required: ['KYC', 'SavingsHistory'], trusted: [{ issuer, organization: org }], ...criteria }))
}
