import type { ServiceBroker } from "moleculer";
import { doorOf } from "../../../mixins/events/door.ts";
import { names as natsNames } from "../../../mixins/events/jetstream/names.ts";
import { names as rabbitNames } from "../../../mixins/events/rabbitmq/topology.ts";
import { PUBLISHED } from "../../contracts/catalogue.ts";
import type { EventContract } from "../../contracts/event.ts";
import { VERSION } from "../version.ts";
import { messageOf } from "./message.ts";

const INFO = {
	title: "Stoa",
	version: VERSION,
	description:
		"What happens in the shop, as facts: sent at least once, so handle an id that was seen before as done. The body is " +
		"JSON; its envelope travels in the headers, the fact's id as the message id.",
};

/** A consumer of a service, as its schema says. */
export interface Reading {
	readonly consumer: string;
	readonly event: string;
}

type Published = Readonly<Record<string, readonly EventContract[]>>;

/** The AsyncAPI document of what all services send, and of what those of the registry read at this moment. */
export const asyncApiOf = (broker: ServiceBroker): object =>
	asyncApi(PUBLISHED, readingsOf(broker), broker.namespace || "stoa");

export function asyncApi(published: Published, readings: readonly Reading[], namespace: string) {
	const events = Object.values(published).flat();
	const known = new Set(events.map(({ name }) => name));
	const sends = Object.entries(published).flatMap(([service, sent]) =>
		sent.map((event) => [`${service}.send.${event.name}`, operation("send", service, event.name)] as const),
	);
	const receives = readings
		.filter(({ event }) => known.has(event))
		.map((reading) => [keyOf(reading), operation("receive", serviceOf(reading.consumer), reading.event)] as const);
	return {
		asyncapi: "3.0.0",
		info: INFO,
		defaultContentType: "application/json",
		channels: Object.fromEntries(events.map((event) => [event.name, channelOf(event, namespace)])),
		operations: Object.fromEntries([...sends, ...receives]),
		components: { messages: Object.fromEntries(events.map((event) => [event.name, messageOf(event)])) },
	};
}

const serviceOf = (consumer: string): string => consumer.slice(0, consumer.indexOf("."));

function operation(action: "send" | "receive", service: string, event: string) {
	const channel = `#/channels/${event}`;
	return {
		action,
		channel: { $ref: channel },
		tags: [{ name: service }],
		messages: [{ $ref: `${channel}/messages/${event}` }],
	};
}

function channelOf({ name, summary, isOpen }: EventContract, namespace: string) {
	const { events } = rabbitNames(namespace);
	const door = doorOf(namespace, name);
	const exchange = { name: events, type: "topic", durable: true, autoDelete: false, vhost: "/" };
	const queue = { name: door, durable: true, exclusive: false, autoDelete: false, vhost: "/" };
	const amqp = isOpen ? { is: "queue", queue } : { is: "routingKey", exchange };
	return {
		address: isOpen ? door : name,
		title: name,
		summary,
		description: isOpen
			? `Open to outsiders, who need send no more than the body: the queue ${door} of RabbitMQ, the subject ${door} of NATS.`
			: `The routing key of the exchange ${events} of RabbitMQ; the subject ${natsNames(namespace).fact(name)} of NATS.`,
		messages: { [name]: { $ref: `#/components/messages/${name}` } },
		bindings: { amqp: { ...amqp, bindingVersion: "0.3.0" } },
	};
}

/** Each node of a service names them. */
const keyOf = ({ consumer, event }: Reading): string => `${consumer}.${event}`;

function readingsOf(broker: ServiceBroker): Reading[] {
	const listed = broker.registry.getServiceList({}) as unknown as { metadata?: { consumes?: readonly Reading[] } }[];
	const all = listed.flatMap(({ metadata }) => metadata?.consumes ?? []);
	return [...new Map(all.map((reading) => [keyOf(reading), reading])).values()].sort((one, other) =>
		keyOf(one).localeCompare(keyOf(other)),
	);
}
