import type { ServiceName } from '@growr/contracts'

/** A group of services that is deployed together and holds one key for its call tokens. */
export const groups = ['access', 'identity', 'financing', 'payment'] as const
export type Group = (typeof groups)[number]

/** Which services each group holds; nobody else may speak for them. */
export const servicesOf: Readonly<Record<Group, readonly ServiceName[]>> = {
  access: ['access'],
  identity: ['organization', 'user', 'identity', 'issuing', 'verification'],
  financing: ['project', 'loan', 'investor', 'funding'],
  payment: ['payment', 'bitcoin', 'lightning', 'rootstock'],
}

export const isGroup = (value: unknown): value is Group => typeof value === 'string' && (groups as readonly string[]).includes(value)
