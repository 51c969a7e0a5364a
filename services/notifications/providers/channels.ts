import type { Channel } from "../../contracts/notifications.ts";
import type { NotificationsConfig } from "../config.ts";
import type { Subscriber } from "../storage/briefing.ts";
import { ChannelOfProviders } from "./channel.ts";
import { mailFolder } from "./mail-folder.ts";
import type { Provider } from "./provider.ts";
import { pushProvider } from "./push-provider.ts";
import { smsFolder } from "./sms-folder.ts";
import { smtpProvider } from "./smtp-provider.ts";
import { twilioProvider } from "./twilio-provider.ts";

export type Channels = Readonly<Record<Channel, ChannelOfProviders>>;

/** Notifications of a channel that one node sends at the same time, mails each on a connection of its own. */
export const SENT_AT_ONCE: Readonly<Record<Channel, number>> = { email: 10, sms: 10, push: 20 };

/** The providers that are configured, by their channel. */
export function channelsOf(config: NotificationsConfig, forget: (subscriber: Subscriber) => void): Channels {
	return {
		email: new ChannelOfProviders(mailProviders(config)),
		sms: new ChannelOfProviders(smsProviders(config)),
		push: new ChannelOfProviders(
			config.vapid === undefined ? [] : [pushProvider({ keys: config.vapid, rules: config.outbound, forget })],
		),
	};
}

function mailProviders({ from, mail, mailReportSecret }: NotificationsConfig): Provider[] {
	if ("folder" in mail) return [mailFolder(mail.folder, from)];
	const use = { from, connections: SENT_AT_ONCE.email, reportSecret: mailReportSecret };
	return mail.servers.map((server) => smtpProvider(server, use));
}

function smsProviders({ sms }: NotificationsConfig): Provider[] {
	if (sms === undefined) return [];
	return ["folder" in sms ? smsFolder(sms.folder) : twilioProvider(sms.account)];
}
