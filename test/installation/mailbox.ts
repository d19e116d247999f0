import { CreateTopicCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { CreateQueueCommand, PurgeQueueCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { EmbeddedClientConfig } from 'apprunner-embedded-cloud';

const PLACE = 'ap-northeast-1:123456789012';

/** A queue in which a rule of the default bus, or a topic, puts what a program or a person would get. */
export class Mailbox {
  readonly arn: string;
  readonly #sqs: SQSClient;
  readonly #url: string;

  private constructor(arn: string, sqs: SQSClient, url: string) {
    this.arn = arn;
    this.#sqs = sqs;
    this.#url = url;
  }

  /** @param service `events.amazonaws.com` or `sns.amazonaws.com`, which may write into it. */
  static async create(config: EmbeddedClientConfig, name: string, service: string): Promise<Mailbox> {
    const sqs = new SQSClient(config);
    const arn = `arn:aws:sqs:${PLACE}:${name}`;
    const statement = { Effect: 'Allow', Principal: { Service: service }, Action: 'sqs:SendMessage', Resource: arn };
    const Policy = JSON.stringify({ Version: '2012-10-17', Statement: statement });
    const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: name, Attributes: { Policy } }));
    return new Mailbox(arn, sqs, QueueUrl);
  }

  /** A topic, and the mailbox of one who subscribed to it. */
  static async subscribed(
    config: EmbeddedClientConfig,
    topic: string,
  ): Promise<{ topicArn: string; mailbox: Mailbox }> {
    const sns = new SNSClient(config);
    const mailbox = await Mailbox.create(config, `${topic}-mailbox`, 'sns.amazonaws.com');
    const { TopicArn: topicArn = '' } = await sns.send(new CreateTopicCommand({ Name: topic }));
    await sns.send(new SubscribeCommand({ TopicArn: topicArn, Protocol: 'sqs', Endpoint: mailbox.arn }));
    return { topicArn, mailbox };
  }

  /** The bodies of the messages since the last time, parsed. */
  async read(): Promise<readonly Readonly<Record<string, unknown>>[]> {
    const read: Record<string, unknown>[] = [];
    for (;;) {
      const receive = new ReceiveMessageCommand({ QueueUrl: this.#url, MaxNumberOfMessages: 10 });
      const { Messages = [] } = await this.#sqs.send(receive);
      if (Messages.length === 0) break;
      for (const { Body = '' } of Messages) read.push(JSON.parse(Body));
    }
    if (read.length > 0) await this.#sqs.send(new PurgeQueueCommand({ QueueUrl: this.#url }));
    return read;
  }
}
