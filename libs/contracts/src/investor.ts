import { z } from 'zod'
import { defineAction } from './define.ts'
import { amount, connection, email, id, instant, page, percent, signed, text } from './shapes.ts'

export const intentStatus = z.enum(['REQUESTED', 'INVITED', 'CONFIRMED', 'SIGNED', 'REJECTED'])

export const Intent = z.object({
  id,
  project: id,
  organization: id,
  investor: id,
  status: intentStatus,
  source: id.nullable(),
  amount: amount.nullable(),
  walletAddress: z.string().nullable(),
  createdAt: instant,
})
export type Intent = z.output<typeof Intent>

export const InvestorContract = z.object({
  intent: id,
  digest: z.string(),
  document: z.record(z.string(), z.unknown()),
  signatures: z.array(signed),
  interestRate: percent,
})

const admin = { ORIGINATOR_ADMIN: 'organization' } as const
const both = { ORIGINATOR_ADMIN: 'organization', INVESTOR: 'own' } as const
const byIntent = z.strictObject({ intent: id })

export const requestInvitation = defineAction({
  name: 'investor.requestInvitation',
  kind: 'mutation',
  about: 'An investor asks to take part in a public project.',
  params: z.strictObject({ project: id, message: text(500).optional() }),
  result: Intent,
  access: { users: { INVESTOR: 'any' } },
})
export const inviteInvestor = defineAction({
  name: 'investor.inviteInvestor',
  kind: 'mutation',
  about: 'Invites an investor by e-mail into a project.',
  params: z.strictObject({ project: id, email, name: text(120) }),
  result: Intent,
  access: { users: admin },
})
export const approveInvestor = defineAction({ name: 'investor.approveInvestor', kind: 'mutation', about: 'Turns a request into an invitation.', params: byIntent, result: Intent, access: { users: admin } })
export const rejectInvestor = defineAction({ name: 'investor.rejectInvestor', kind: 'mutation', about: 'Declines a request, or takes an invitation back before it is signed.', params: byIntent, result: Intent, access: { users: admin } })
export const acceptInvitation = defineAction({
  name: 'investor.acceptInvitation',
  kind: 'mutation',
  about: 'Commits an amount to a funding source; the contract is generated.',
  params: z.strictObject({ intent: id, amount, source: id.optional(), walletAddress: z.string().min(8).max(128).optional() }),
  result: Intent,
  access: { users: { INVESTOR: 'own' } },
})
export const rejectInvitation = defineAction({ name: 'investor.rejectInvitation', kind: 'mutation', about: 'Declines an invitation.', params: byIntent, result: Intent, access: { users: { INVESTOR: 'own' } } })
export const getContract = defineAction({ name: 'investor.getContract', kind: 'query', about: 'The contract to read, with its digest.', params: byIntent, result: InvestorContract, access: { users: both } })
export const signContract = defineAction({
  name: 'investor.signContract',
  kind: 'mutation',
  about: 'The investor signs the contract that was read (its digest); the organization\'s key signs beside it.',
  params: z.strictObject({ intent: id, digest: z.string().max(100) }),
  result: Intent,
  access: { users: { INVESTOR: 'own' } },
})
export const findIntent = defineAction({ name: 'investor.findById', kind: 'query', about: 'An intent by its id.', params: byIntent, result: Intent, access: { users: both } })
export const findByProject = defineAction({
  name: 'investor.findByProject',
  kind: 'query',
  about: 'The investors of a project.',
  params: z.strictObject({ project: id, status: intentStatus.optional(), ...page }),
  result: connection(Intent),
  access: { users: admin },
})
export const findByInvestor = defineAction({
  name: 'investor.findByInvestor',
  kind: 'query',
  about: 'The own invitations, commitments and contracts.',
  params: z.strictObject({ ...page }),
  result: connection(Intent),
  access: { users: { INVESTOR: 'own' } },
})
