import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { isObject, type JsonObject } from './encoding.ts'
import { CredentialError, refuse } from './errors.ts'
import { CLAIM_SCHEMAS, CREDENTIAL_TYPES, type CredentialType } from './schemas.ts'

/** A claim that criteria may look at; objects group some. */
export type ClaimValue = number | boolean | string | { readonly [claim: string]: ClaimValue }
export type Claims = { readonly [claim: string]: ClaimValue }

// Compiled at first use, so that importing the library costs nothing.
let validators: Map<CredentialType, ValidateFunction> | undefined

function compile(): Map<CredentialType, ValidateFunction> {
  const ajv = new Ajv2020({ strict: true, allErrors: false, coerceTypes: false, useDefaults: false })
  addFormats.default(ajv, ['date'])
  return new Map(CREDENTIAL_TYPES.map((type) => [type, ajv.compile(CLAIM_SCHEMAS[type])]))
}

/**
 * The claims, if they fit the schema of their type. Throws CREDENTIAL_SCHEMA with the path of the first claim that does
 * not; the message names the rule, never the value.
 */
export function validateClaims(type: CredentialType, claims: unknown): Claims {
  validators ??= compile()
  if (!isObject(claims)) refuse('CREDENTIAL_SCHEMA', 'claims are a JSON object', 'claims')
  const validate = validators.get(type) as ValidateFunction
  if (validate(claims)) return claims as Claims
  const [error] = validate.errors ?? []
  const named = (error?.params['missingProperty'] ?? error?.params['additionalProperty']) as string | undefined
  const path = ['claims', ...(error?.instancePath.split('/').slice(1) ?? []), ...(named === undefined ? [] : [named.slice(0, 64)])]
  throw new CredentialError('CREDENTIAL_SCHEMA', `${type}: ${error?.keyword ?? 'schema'}`, path.join('.'))
}

/** The claims of a credential's subject: all of it but its id. */
export function claimsOf(subject: JsonObject): JsonObject {
  const { id: _holder, ...claims } = subject
  return claims
}
