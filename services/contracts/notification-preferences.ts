import { z } from "zod";
import { defineAction } from "./action.ts";
import { defineError, PreconditionFailed } from "./errors.ts";
import type { TOPICS } from "./notification-templates.ts";
import { listOf, listParams } from "./paging.ts";
import { ById, Id, NoResult, Nothing, text, Timestamp } from "./text.ts";

/** Topics whose mails belong to a contract with the user: they cannot be switched off. */
export const TRANSACTIONAL = ["account", "orders"] as const satisfies readonly (typeof TOPICS)[number][];

const TimeOfDay = z.string().regex(/^([01][0-9]|2[0-3]):[0-5][0-9]$/, "a time of day such as 22:00");

const QuietHours = z
	.strictObject({ from: TimeOfDay, to: TimeOfDay })
	.refine(({ from, to }) => from !== to, { path: ["to"], message: "must differ from `from`" });

export const Timezone = text(60).refine(isTimezone, "a time zone of the IANA database such as Europe/Berlin");

const channels = { email: z.boolean(), sms: z.boolean(), push: z.boolean() };
const ofTopics = <T extends z.ZodType>(of: T) => ({ account: of, orders: of, stock: of, news: of });

export const NotificationPreferences = z.object({
	userId: Id,
	/** What may be used for each topic; whatever was never chosen may. */
	topics: z.object(ofTopics(z.object(channels))),
	/** When nothing is sent but what the transactional topics need. */
	quietHours: QuietHours.nullable(),
	/** The zone of the quiet hours; null takes that of the profile. */
	timezone: z.string().nullable(),
});
export type NotificationPreferences = z.output<typeof NotificationPreferences>;

export const GetPreferences = defineAction("notifications.preferences", {
	summary: "What a user wants to be told, and how.",
	params: z.strictObject({ userId: Id }),
	result: NotificationPreferences,
});

export const SetPreferences = defineAction("notifications.setPreferences", {
	summary: "Changes the given topics and channels; mail of a transactional topic stays on.",
	params: z.strictObject({
		userId: Id,
		topics: z.strictObject(ofTopics(z.strictObject(channels).partial().optional())).optional(),
		quietHours: QuietHours.nullable().optional(),
		timezone: Timezone.nullable().optional(),
	}),
	result: NotificationPreferences,
	errors: [PreconditionFailed],
});

export const PushSubscription = z.object({
	id: Id,
	userId: Id,
	/** Where the browser's maker takes messages for it. */
	endpoint: z.string(),
	createdAt: Timestamp,
});
export type PushSubscription = z.output<typeof PushSubscription>;

/** How many browsers of one user may subscribe. */
export const MAX_PUSH_SUBSCRIPTIONS = 20;

export const PushSubscriptionNotFound = defineError(
	"PUSH_SUBSCRIPTION_NOT_FOUND",
	404,
	"There is no such push subscription: it has ended, or the id is wrong.",
);
export const TooManyPushSubscriptions = defineError(
	"TOO_MANY_PUSH_SUBSCRIPTIONS",
	409,
	`A user has at most ${MAX_PUSH_SUBSCRIPTIONS} push subscriptions. Delete one that is not used any more.`,
);
export const PushNotConfigured = defineError(
	"PUSH_NOT_CONFIGURED",
	409,
	"This shop sends no push messages: its operator has set no VAPID keys.",
);

/** The two keys that a browser makes for a subscription, in base64url. */
const Keys = z.strictObject({
	p256dh: z.string().regex(/^[A-Za-z0-9_-]{87}=?$/, "65 bytes in base64url"),
	auth: z.string().regex(/^[A-Za-z0-9_-]{22}={0,2}$/, "16 bytes in base64url"),
});

export const AddPushSubscription = defineAction("notifications.subscribe", {
	summary: "Has push messages sent to a browser as well; takes what `PushSubscription.toJSON()` gives there.",
	params: z.strictObject({
		userId: Id,
		endpoint: text(1000),
		/** Milliseconds since the epoch, given by some browsers. */
		expirationTime: z.number().nullable().optional(),
		keys: Keys,
	}),
	result: PushSubscription,
	errors: [TooManyPushSubscriptions, PushNotConfigured],
});

export const ListPushSubscriptions = defineAction("notifications.subscriptions", {
	summary: `A user's push subscriptions, newest first; at most ${MAX_PUSH_SUBSCRIPTIONS} in all.`,
	params: listParams({ userId: Id }),
	result: listOf(PushSubscription),
});

export const GetPushSubscription = defineAction("notifications.subscription", {
	summary: "One of the caller's push subscriptions.",
	params: ById,
	result: PushSubscription,
	errors: [PushSubscriptionNotFound],
});

export const RemovePushSubscription = defineAction("notifications.unsubscribe", {
	summary: "Ends a push subscription.",
	params: z.strictObject({ userId: Id, id: Id }),
	result: NoResult,
	errors: [PushSubscriptionNotFound],
});

export const GetPushKey = defineAction("notifications.pushKey", {
	summary: "The shop's public key, which a browser needs to subscribe (`applicationServerKey`).",
	params: Nothing,
	result: z.object({ publicKey: z.string() }),
	errors: [PushNotConfigured],
});

function isTimezone(given: string): boolean {
	try {
		return new Intl.DateTimeFormat("en", { timeZone: given }).resolvedOptions().timeZone !== "";
	} catch {
		return false;
	}
}

export const PREFERENCE_ACTIONS = [
	GetPreferences,
	SetPreferences,
	AddPushSubscription,
	ListPushSubscriptions,
	GetPushSubscription,
	RemovePushSubscription,
	GetPushKey,
];
