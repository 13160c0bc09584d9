import { webhook } from '@growr/contracts'
import { field, type Resolvers } from '@growr/graphql'

export const webhookResolvers: Resolvers = {
  Query: {
    webhooks: field(webhook.findWebhooks),
    feed: field(webhook.feed),
  },
  Mutation: {
    addWebhook: field(webhook.addWebhook),
    removeWebhook: field(webhook.removeWebhook),
    resumeWebhook: field(webhook.resumeWebhook),
  },
}
