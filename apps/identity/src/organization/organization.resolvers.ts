import { organization } from '@growr/contracts'
import { field, reference, type Resolvers } from '@growr/graphql'

export const organizationResolvers: Resolvers = {
  Query: {
    organization: field(organization.findById),
    organizations: field(organization.list),
    organizationsOf: field(organization.findByUser),
  },
  Mutation: {
    createOrganization: field(organization.createOrganization),
    addMember: field(organization.addMember),
    setConnector: field(organization.setConnector),
  },
  Organization: { __resolveReference: reference(organization.findById, ({ id }: { id: string }) => ({ id })) },
}
