import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { identity } from '@growr/contracts'
import { aCooperative, claims, open, type Cooperative } from './testing/lending.ts'
import { PIN, refusal, startRig, type Rig } from './testing/rig.ts'

describe('the group\'s part of the API', () => {
  let rig: Rig
  let coop: Cooperative

  beforeAll(async () => {
    rig = await startRig()
    coop = await aCooperative(rig, () => rig.call(identity.issuer, {}))
    open(rig, coop, 'coffee', { required: ['KYC'] })
  })
  afterAll(() => rig.stop())

  it('goes from an invitation to a verified presentation', async () => {
    const member = await rig.query(
      'mutation ($org: ID!) { addMember(organization: $org, type: "BORROWER", name: "Bea", phone: "+50499000090", requestId: "m-1") { user status } }', { org: coop.org }, coop.admin,
    )
    expect(member).toMatchObject({ addMember: { status: 'INVITED' } })
    const registered = await rig.query(
      'mutation ($code: String!, $pin: String!) { registerBorrower(phone: "+50499000090", code: $code, pin: $pin, language: "es") { accessToken refreshToken expiresIn user role organization } }',
      { code: await rig.code('+50499000090'), pin: PIN },
    )
    const session = registered['registerBorrower'] as never
    const me = await rig.query('{ me { id name phone language did status memberships { type organization status } } }', {}, session)
    expect(me).toMatchObject({ me: { name: 'Bea', phone: '+50499000090', language: 'es', status: 'ACTIVE', memberships: [{ type: 'BORROWER', organization: coop.org, status: 'ACTIVE' }] } })
    const issued = await rig.query(
      'mutation ($org: ID!, $user: ID!, $claims: JSON!) { issueVC(organization: $org, user: $user, type: "KYC", claims: $claims) { id type issuer revoked } }',
      { org: coop.org, user: (me['me'] as { id: string }).id, claims: claims.KYC }, coop.admin,
    )
    expect(issued).toMatchObject({ issueVC: { type: 'KYC', issuer: coop.issuer, revoked: false } })
    expect(await rig.query('{ credentials { type claims } issuer { did } }', {}, session)).toEqual({ credentials: [{ type: 'KYC', claims: claims.KYC }], issuer: { did: coop.issuer } })
    const asked = (await rig.query('mutation { requestPresentation(project: "coffee") { challenge types verifier expiresAt } }', {}, session))['requestPresentation'] as { challenge: string }
    const made = (await rig.query('mutation ($c: String!) { createVCPresentation(project: "coffee", challenge: $c) { presentation permission did } }', { c: asked.challenge }, session))['createVCPresentation'] as { presentation: string }
    const judged = await rig.query(
      'mutation ($c: String!, $p: String!) { validateVC(project: "coffee", challenge: $c, presentation: $p) { verdict checks { id check verdict code } holder digest verifier result { jws } refusal } }',
      { c: asked.challenge, p: made.presentation }, session,
    )
    expect(judged).toMatchObject({ validateVC: { verdict: 'valid', refusal: null } })
    expect(await rig.query('{ permissions { project status types } }', {}, session)).toEqual({ permissions: [{ project: 'coffee', status: 'GRANTED', types: ['KYC'] }] })
    expect(await rig.query('mutation { logout { ok } }', {}, session)).toEqual({ logout: { ok: true } })
    expect((await refusal(rig.query('{ me { id } }', {}, session))).code).toBe('SESSION_REVOKED')
  })

  it('lists, blocks and connects', async () => {
    const listed = await rig.query('query ($o: ID!) { users(organization: $o, first: 1) { edges { cursor node { id } } pageInfo { hasNextPage endCursor } totalCount } organization(id: $o) { name did } }', { o: coop.org }, coop.admin)
    expect(listed).toMatchObject({ users: { pageInfo: { hasNextPage: true } }, organization: { name: 'COMSA' } })
    expect(await rig.query('mutation ($u: ID!) { blockUser(id: $u) { status } }', { u: coop.agent.user }, coop.admin)).toEqual({ blockUser: { status: 'BLOCKED' } })
    expect(await rig.query('mutation ($u: ID!) { unblockUser(id: $u) { status } }', { u: coop.agent.user }, coop.admin)).toEqual({ unblockUser: { status: 'ACTIVE' } })
    expect(await rig.query('mutation ($o: ID!, $k: JSON) { setConnector(organization: $o, url: "https://core.example/growr", publicKey: $k) { connected } }', {
      o: coop.org, k: { kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' },
    }, coop.admin)).toEqual({ setConnector: { connected: true } })
    expect((await refusal(rig.query('{ organizations { totalCount } }', {}, coop.admin))).code).toBe('FORBIDDEN')
    expect((await refusal(rig.query('{ me { id } }'))).code).toBe('UNAUTHENTICATED')
  })
})
