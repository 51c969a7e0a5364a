import { TRANSACTIONAL } from "../../contracts/notification-preferences.ts";
import type { NotificationPreferences } from "../../contracts/notification-preferences.ts";
import { TOPICS } from "../../contracts/notification-templates.ts";
import type { Topic } from "../../contracts/notification-templates.ts";
import { CHANNELS } from "../../contracts/notifications.ts";
import type { Channel } from "../../contracts/notifications.ts";
import { ValidationFailed } from "../../contracts/errors.ts";
import type { QuietHours } from "./quiet-hours.ts";

/** What a user has chosen; the rest is on. */
export type Choices = { readonly [T in Topic]?: { readonly [C in Channel]?: boolean | undefined } | undefined };

export interface Preferences {
	readonly topics: Choices;
	readonly quietHours: QuietHours | null;
	readonly timezone: string | null;
}

export const NO_PREFERENCES: Preferences = { topics: {}, quietHours: null, timezone: null };

export const isTransactional = (topic: Topic): boolean => (TRANSACTIONAL as readonly Topic[]).includes(topic);

/** Mail that a contract with the user needs cannot be switched off; every other channel can. */
export const isCompulsory = (topic: Topic, channel: Channel): boolean => isTransactional(topic) && channel === "email";

/** Whether a user may be told of a topic over a channel. */
export const isWanted = ({ topics }: Preferences, topic: Topic, channel: Channel): boolean =>
	isCompulsory(topic, channel) || topics[topic]?.[channel] !== false;

/**
 * Choices with others on top.
 *
 * @throws ValidationFailed naming each that is not the user's to make
 */
export function chosen(before: Choices, given: Choices): Choices {
	const refused = pairs().filter(
		([topic, channel]) => isCompulsory(topic, channel) && given[topic]?.[channel] === false,
	);
	if (refused.length > 0) throw new ValidationFailed({ errors: refused.map(compulsory) });
	return Object.fromEntries(TOPICS.map((topic) => [topic, { ...before[topic], ...given[topic] }]));
}

const pairs = () => TOPICS.flatMap((topic) => CHANNELS.map((channel) => [topic, channel] as const));

const compulsory = ([topic, channel]: readonly [Topic, Channel]) => ({
	path: `topics.${topic}.${channel}`,
	message: `cannot be switched off: the shop owes you ${topic === "orders" ? "the mails about your orders" : "the mails about your account"}`,
});

/** Every topic and channel, as a user is shown them. */
export function shown(preferences: Preferences): NotificationPreferences["topics"] {
	const channelsOf = (topic: Topic) =>
		Object.fromEntries(CHANNELS.map((channel) => [channel, isWanted(preferences, topic, channel)]));
	return Object.fromEntries(TOPICS.map((topic) => [topic, channelsOf(topic)])) as NotificationPreferences["topics"];
}
