import { callingUser, type ActionContext } from '@growr/bus'
import type { identity as contract, Result } from '@growr/contracts'
import { CLAIM_SCHEMAS, CREDENTIAL_TYPES } from '@growr/credentials'
import type { Kit } from '../kit.ts'

/** The types of credential that there are, what each says, and whether the caller's organization has a system that could confirm it. */
export async function credentialTypes(kit: Kit, context: ActionContext): Promise<Result<typeof contract.findCredentialTypes>> {
  const { organization } = callingUser(context)
  const found = organization === undefined ? null : await kit.organizations.get(organization)
  return CREDENTIAL_TYPES.map((type) => {
    const { description = type, required, properties } = CLAIM_SCHEMAS[type]
    // CreditHistory is what came of loans here: the node states it by itself.
    return { type, title: description, required: [...required], claims: Object.keys(properties), available: type !== 'CreditHistory' && Boolean(found?.doc.connector) }
  })
}
