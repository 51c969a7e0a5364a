import { connect } from "amqplib";
import type { Channel, ChannelModel } from "amqplib";
import type { BusLog } from "../bus.ts";
import { Kept } from "../kept.ts";
import type { Opened } from "../kept.ts";

const HEARTBEAT_SECONDS = 10;
const CONNECT_TIMEOUT_MS = 5_000;
const ANSWER_TIMEOUT_MS = 2_000;

/** One channel for one purpose. */
export interface ChannelOptions<C extends Channel> {
	/** Whose it is, for the log. */
	readonly what: string;
	create(model: ChannelModel): Promise<C>;
	/** Makes a new one ready for use. */
	setUp(channel: C): Promise<void>;
}

export interface Broker {
	readonly connection: Kept<ChannelModel>;
	/** Set while the broker is short of memory or disk: it accepts no messages then. */
	isBlocked(): boolean;
	/** A channel that is opened again when it or the connection is lost. */
	channel<C extends Channel>(options: ChannelOptions<C>): Kept<C>;
}

/**
 * The one connection of a bus.
 *
 * @param url `amqp://` or `amqps://`; a private authority's certificate comes by NODE_EXTRA_CA_CERTS
 */
export function brokerAt(url: string, log: BusLog, random: () => number): Broker {
	let isBlocked = false;
	const onBlocked = (reason: unknown) => {
		isBlocked = true;
		log.warn(`RabbitMQ accepts no messages for now (${String(reason)}); facts wait in the outbox.`);
	};
	const connection = new Kept<ChannelModel>({
		open: async () => {
			const opened = await openConnection(url, log);
			isBlocked = false;
			opened.value.on("blocked", onBlocked).on("unblocked", () => (isBlocked = false));
			return opened;
		},
		close: closeConnection,
		report: (error) => log.warn("RabbitMQ is out of reach, will try again:", error),
		random,
	});
	return {
		connection,
		isBlocked: () => isBlocked,
		channel: (options) =>
			new Kept({
				open: async () => openChannel(await connection.ready(), options, log),
				close: (channel) => within(channel.close()),
				report: (error) => log.warn(`The channel of ${options.what} could not be opened, will try again:`, error),
				random,
			}),
	};
}

async function openConnection(url: string, log: BusLog): Promise<Opened<ChannelModel>> {
	const address = new URL(url);
	address.searchParams.set("heartbeat", String(HEARTBEAT_SECONDS));
	const model = await connect(address.href, { noDelay: true, timeout: CONNECT_TIMEOUT_MS });
	const opened = watched(model, (error) => log.warn("The connection to RabbitMQ broke:", error));
	log.info("RabbitMQ is connected.");
	// One that fell silent would stay half open otherwise.
	void opened.closed.then(() => destroy(model));
	return opened;
}

async function openChannel<C extends Channel>(
	model: ChannelModel,
	options: ChannelOptions<C>,
	log: BusLog,
): Promise<Opened<C>> {
	const channel = await options.create(model);
	const opened = watched(channel, (error) => log.warn(`RabbitMQ closed the channel of ${options.what}:`, error));
	try {
		await options.setUp(channel);
		return opened;
	} catch (error) {
		await quietly(() => channel.close());
		throw error;
	}
}

/** Anything of amqplib: an error nobody listens to would end the process. `close` follows each. */
function watched<T extends ChannelModel | Channel>(value: T, report: (error: unknown) => void): Opened<T> {
	value.on("error", report);
	return { value, closed: new Promise((resolve) => value.once("close", () => resolve())) };
}

async function closeConnection(model: ChannelModel): Promise<void> {
	await quietly(() => within(model.close()));
	destroy(model);
}

function destroy(model: ChannelModel): void {
	const { stream } = model.connection as unknown as { readonly stream: { destroy(): void } };
	stream.destroy();
}

/** For what is closed already, and says so by an error, thrown or rejected. */
export async function quietly(work: () => Promise<void>): Promise<void> {
	await work().catch(() => undefined);
}

/** @throws when the broker does not answer in time: that must not keep a process from its end */
export async function within<T>(work: Promise<T>): Promise<void> {
	const late = Promise.withResolvers<never>();
	const timer = setTimeout(() => late.reject(new Error("The broker did not answer in time.")), ANSWER_TIMEOUT_MS);
	try {
		await Promise.race([work, late.promise]);
	} finally {
		clearTimeout(timer);
	}
}
