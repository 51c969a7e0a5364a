import type { ServiceSchema } from "moleculer";
import { defineMixin } from "../../../mixins/define-service.ts";
import { CHANNELS } from "../../contracts/notifications.ts";
import type { Channel } from "../../contracts/notifications.ts";
import type { NotificationsConfig } from "../config.ts";
import type { Settlement, Taken } from "../domain/attempt.ts";
import type { Notifications } from "../notifications.context.ts";
import { channelsOf, SENT_AT_ONCE } from "../providers/channels.ts";
import type { Subscriber } from "../storage/briefing.ts";
import { forgetSubscription } from "../storage/push-subscriptions.ts";
import { takeDue } from "../storage/queue.ts";
import { attempt } from "./attempt.ts";
import { Lane } from "./lane.ts";
import { record } from "./record.ts";

type This = Notifications & { lanes: readonly Lane<Taken, Settlement>[] };

/** Sends queued notifications in the background, each channel on its own, from as many nodes as there are. */
export function lanes(config: () => NotificationsConfig): Partial<ServiceSchema> {
	return defineMixin<This>({
		created() {
			this.config = config();
			this.channels = channelsOf(this.config, (subscriber) => forget(this, subscriber));
			this.lanes = CHANNELS.map((channel) => laneOf(this, channel));
		},

		methods: {
			wakeLanes() {
				for (const lane of this.lanes) lane.wake();
			},
		},

		started() {
			for (const lane of this.lanes) lane.start();
		},

		async stopped() {
			await Promise.all(this.lanes.map((lane) => lane.stop()));
			for (const channel of CHANNELS) this.channels[channel].close();
		},
	});
}

/** Nobody waits for it: a database that is busy must not make a message fail that other browsers have taken. */
function forget({ db, logger }: Notifications, subscriber: Subscriber): void {
	const report = (error: unknown) =>
		logger.warn("Could not remove an ended push subscription, the next message will:", error);
	forgetSubscription(db, subscriber).catch(report);
}

const laneOf = (service: Notifications, channel: Channel) =>
	new Lane<Taken, Settlement>({
		room: () => service.channels[channel].room(SENT_AT_ONCE[channel], service.now().getTime()),
		take: (limit) => takeDue(service.db, channel, limit),
		attempt: (taken) => attempt(service, taken),
		record: (settlements) => record(service, settlements),
		report: (error) => service.logger.warn(`Sending by ${channel} failed, will try again:`, error),
	});
