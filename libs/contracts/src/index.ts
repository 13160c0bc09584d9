import type { Contract } from './define.ts'
import * as organization from './organization.ts'
import * as user from './user.ts'
import * as identity from './identity.ts'
import * as project from './project.ts'
import * as loan from './loan.ts'
import * as investor from './investor.ts'
import * as funding from './funding.ts'
import * as payment from './payment.ts'
import * as webhook from './webhook.ts'
import { networks } from './network.ts'

export * from './define.ts'
export * from './errors.ts'
export * as shapes from './shapes.ts'
export { networks, organization, user, identity, project, loan, investor, funding, payment, webhook }
export * as networkShapes from './network-shapes.ts'

const isContract = (value: unknown): value is Contract => typeof value === 'object' && value !== null && 'access' in value && 'params' in value && 'name' in value

/** Every action of the node by its name. */
export const contracts: ReadonlyMap<string, Contract> = new Map(
  [organization, user, identity, project, loan, investor, funding, payment, webhook, ...Object.values(networks)]
    .flatMap((module) => Object.values<unknown>(module).filter(isContract))
    .map((contract): [string, Contract] => [contract.name, contract]),
)
