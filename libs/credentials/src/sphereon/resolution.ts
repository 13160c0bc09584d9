import { CredentialError } from '../errors.ts'

/**
 * A `fallback` for createResolver over any DIF DID resolver registry (`getResolver()` of the many `*-did-resolver`
 * packages), for methods that are not decoded natively. What it gives is read as strictly as any other document.
 */
export function registryFallback(registry: import('did-resolver').ResolverRegistry): (did: string) => Promise<unknown> {
  return async (did) => {
    const { Resolver } = await import('did-resolver')
    const { didDocument, didResolutionMetadata } = await new Resolver(registry).resolve(did)
    if (didDocument === null) throw new CredentialError('DID_UNRESOLVED', String(didResolutionMetadata.error ?? 'not found').slice(0, 64))
    return didDocument
  }
}

/** Sphereon's own decoders of did:jwk and did:key, as a registry: a second opinion on our native ones. */
export async function sphereonRegistry(): Promise<import('did-resolver').ResolverRegistry> {
  const [{ getDidJwkResolver }, { getResolver }] = await Promise.all([
    import('@sphereon/ssi-sdk-ext.did-resolver-jwk'),
    import('@sphereon/ssi-sdk-ext.did-resolver-key'),
  ])
  return { ...getDidJwkResolver(), ...getResolver() }
}
