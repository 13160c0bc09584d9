import { parseCredential, type ParsedCredential } from '../credential.ts'
import type { Criteria, Rule } from '../criteria.ts'
import { seconds } from '../encoding.ts'
import type { CredentialType } from '../schemas.ts'

type PresentationDefinition = import('@sphereon/pex').IPresentationDefinition

/** Types that the criteria look at: the required ones, then those that only rules name. */
export function typesAskedFor(criteria: Criteria): CredentialType[] {
  const types = new Set<CredentialType>(criteria.required)
  const visit = (rule: Rule): void => {
    if ('fact' in rule) types.add(rule.fact)
    else if ('not' in rule) visit(rule.not)
    else for (const inner of 'all' in rule ? rule.all : rule.any) visit(inner)
  }
  if (criteria.rules !== undefined) visit(criteria.rules)
  return [...types]
}

/**
 * The criteria as a DIF Presentation Definition (v2), which other wallets understand: one input descriptor for each type,
 * with the issuers and organizations that are trusted. It asks for credentials, not for values: rules stay with the verifier.
 */
export function presentationDefinition(
  criteria: Criteria, id: string, types: readonly CredentialType[] = criteria.required,
): PresentationDefinition {
  const among = (values: readonly string[]) => ({ type: 'string', enum: [...new Set(values)] })
  return {
    id,
    input_descriptors: types.map((type) => ({
      id: type,
      constraints: {
        fields: [
          { path: ['$.type', '$.vc.type'], filter: { type: 'array', contains: { const: type } } },
          { path: ['$.issuer.id', '$.issuer', '$.vc.issuer', '$.iss'], filter: among(criteria.trusted.map(({ issuer }) => issuer)) },
          {
            path: ['$.evidence[0].organization', '$.vc.evidence[0].organization'],
            filter: among(criteria.trusted.map(({ organization }) => organization)),
          },
        ],
      },
    })),
  }
}

export interface Selection {
  /** The credentials to present, one of each type, as they came. */
  readonly credentials: readonly string[]
  /** Required types for which none fits. */
  readonly missing: readonly CredentialType[]
}

/**
 * Chooses, by Sphereon's pex, which of a holder's credentials to present: only what the criteria ask for, only what is
 * valid now and from a pair that is trusted, the newest of each type. Takes milliseconds and loads pex at first use:
 * for the holder's side, not for verification. Credentials that cannot be read are passed over.
 */
export async function selectCredentials(criteria: Criteria, credentials: readonly string[], holder: string, now: Date): Promise<Selection> {
  const candidates = credentials.flatMap((jwt) => readable(jwt)).filter(({ parsed }) => isCandidate(parsed, criteria, holder, now))
  const types = typesAskedFor(criteria).filter((type) => candidates.some(({ parsed }) => parsed.type === type))
  const selected = types.length === 0 ? new Set<string>() : await pexSelection(criteria, types, candidates.map(({ jwt }) => jwt), holder)
  const chosen = types.flatMap((type) => {
    const fitting = candidates.filter(({ jwt, parsed }) => parsed.type === type && selected.has(jwt))
    return fitting.sort((a, b) => b.parsed.validFrom - a.parsed.validFrom).slice(0, 1)
  })
  const found = new Set(chosen.map(({ parsed }) => parsed.type))
  return { credentials: chosen.map(({ jwt }) => jwt), missing: criteria.required.filter((type) => !found.has(type)) }
}

interface Candidate {
  readonly jwt: string
  readonly parsed: ParsedCredential
}

function readable(jwt: string): Candidate[] {
  try {
    return [{ jwt, parsed: parseCredential(jwt) }]
  } catch {
    return []
  }
}

function isCandidate(credential: ParsedCredential, { trusted }: Criteria, holder: string, now: Date): boolean {
  const { subject, validFrom, validUntil, issuer, organization } = credential
  const at = seconds(now)
  // The pair as a pair: the definition can only list issuers and organizations apart.
  const known = trusted.some((pair) => pair.issuer === issuer && pair.organization === organization)
  return subject === holder && at >= validFrom && at < validUntil && known
}

async function pexSelection(criteria: Criteria, types: readonly CredentialType[], jwts: string[], holder: string): Promise<Set<string>> {
  const { PEX } = await import('@sphereon/pex')
  const results = new PEX().selectFrom(presentationDefinition(criteria, 'criteria', types), jwts, { holderDIDs: [holder] })
  return new Set((results.verifiableCredential ?? []).filter((credential) => typeof credential === 'string'))
}
