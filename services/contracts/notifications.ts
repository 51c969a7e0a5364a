import { z } from "zod";
import { defineAction } from "./action.ts";
import { defineError } from "./errors.ts";
import { defineEvent } from "./event.ts";
import { listOf, listParams } from "./paging.ts";
import { eraseOf, exportOf } from "./privacy.ts";
import { ById, Id, Timestamp } from "./text.ts";

export const CHANNELS = ["email", "sms", "push"] as const;
export type Channel = (typeof CHANNELS)[number];

/**
 *     queued → sent → delivered
 *        │       └→ bounced, failed (learned later, from the provider)
 *        ├→ bounced (no such recipient, and none will be tried again)
 *        ├→ suppressed (not wanted, not possible, or no longer of use: nobody was to get it)
 *        └→ failed (refused for good, or all tries used up)
 */
export const NOTIFICATION_STATUSES = ["queued", "sent", "delivered", "bounced", "failed", "suppressed"] as const;
export type NotificationStatus = (typeof NOTIFICATION_STATUSES)[number];

export const TemplateName = z
	.string()
	.max(60)
	.regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, "words of small letters and digits with dashes between them");
export const MailAddress = z.string().trim().toLowerCase().pipe(z.email().max(255));
const PhoneNumber = z.string().regex(/^\+[1-9][0-9]{6,14}$/, "an international number such as +4915112345678");

/** How JSON writes what PostgreSQL refuses: NUL, and half a character. */
const UNSTORABLE = /\\u0000|\\ud[89a-f][0-9a-f]{2}/;
const MAX_VARIABLES_BYTES = 16_384;
export const Variables = z
	.record(z.string().regex(/^[A-Za-z][A-Za-z0-9]{0,59}$/), z.unknown())
	.refine((given) => JSON.stringify(given).length <= MAX_VARIABLES_BYTES, `is larger than ${MAX_VARIABLES_BYTES} bytes`)
	.refine((given) => !UNSTORABLE.test(JSON.stringify(given)), "must be well-formed Unicode without NUL")
	.default({});

export const Notification = z.object({
	id: Id,
	/** Null when it went to an address that was named directly. */
	userId: Id.nullable(),
	channel: z.enum(CHANNELS),
	template: z.string(),
	status: z.enum(NOTIFICATION_STATUSES),
	/** Why it was not sent, as a code. */
	reason: z.string().nullable(),
	createdAt: Timestamp,
	sentAt: Timestamp.nullable(),
});
export type Notification = z.output<typeof Notification>;

/** A notification as whoever sent it may follow it. */
export const Delivery = Notification.extend({
	attempts: z.int(),
	/** When it is tried (again); null when it is settled. */
	nextAttemptAt: Timestamp.nullable(),
	/** What the provider answered last, without the recipient's address. */
	lastError: z.string().nullable(),
	/** Which provider took it. */
	provider: z.string().nullable(),
	locale: z.string().nullable(),
	templateVersion: z.int().nullable(),
});
export type Delivery = z.output<typeof Delivery>;

export const NotificationNotFound = defineError("NOTIFICATION_NOT_FOUND", 404, "There is no such notification.");

export const Accepted = z.object({ deliveries: z.array(Id) });

const oneRecipient = (given: object): boolean =>
	Object.values(given).filter((value) => value !== undefined).length === 1;

export const Send = defineAction("notifications.send", {
	summary: "Sends a template to a user over one channel, as far as the user wants it there.",
	params: z.strictObject({ userId: Id, channel: z.enum(CHANNELS), template: TemplateName, variables: Variables }),
	result: Accepted,
});

export const SendEmail = defineAction("notifications.email", {
	summary: "Mails a template to a user or to an address.",
	params: z
		.strictObject({
			userId: Id.optional(),
			to: MailAddress.optional(),
			template: TemplateName,
			variables: Variables,
		})
		.refine(({ userId, to }) => oneRecipient({ userId, to }), { path: ["to"], message: "send either to or userId" }),
	result: Accepted,
});

export const SendSms = defineAction("notifications.sms", {
	summary: "Texts a template to a user or to a number.",
	params: z
		.strictObject({
			userId: Id.optional(),
			phone: PhoneNumber.optional(),
			template: TemplateName,
			variables: Variables,
		})
		.refine(({ userId, phone }) => oneRecipient({ userId, phone }), {
			path: ["phone"],
			message: "send either phone or userId",
		}),
	result: Accepted,
});

export const GetDelivery = defineAction("notifications.delivery", {
	summary: "What became of one notification.",
	params: ById,
	result: Delivery,
	errors: [NotificationNotFound],
});

export const ListNotifications = defineAction("notifications.ofUser", {
	summary: "A user's notifications, newest first.",
	params: listParams({
		userId: Id,
		channel: z.enum(CHANNELS).optional(),
		status: z.enum(NOTIFICATION_STATUSES).optional(),
	}),
	result: listOf(Notification),
});

export const EraseNotificationsUser = eraseOf("notifications");
export const ExportNotificationsUser = exportOf("notifications");

const mail = {
	/** Made up by whoever publishes: one mail for each. A message from outside has none. */
	mailId: Id.optional(),
	userId: Id.optional(),
	/** Beside a userId: an address that was the user's. */
	to: MailAddress.optional(),
	template: TemplateName,
	/** No secret: what grants access is asked for when the mail is written, by what is named here. */
	variables: Variables,
};

export const EmailNotifications = {
	...defineEvent("email.notifications", 1, {
		summary: "A mail is wanted, by a service of the shop or from outside; it goes to a user or to an address.",
		aggregate: ["mail", "mailId"],
		isOpen: true,
		body: mail,
	}),
	schema: z
		.object({ ...mail, timestamp: Timestamp.optional() })
		.refine(({ userId, to }) => userId !== undefined || to !== undefined, {
			path: ["to"],
			message: "send to or userId",
		}),
};

const notificationFact = {
	notificationId: Id,
	userId: Id.nullable(),
	channel: z.enum(CHANNELS),
	template: z.string(),
	reason: z.string().optional(),
};

export const NotificationSent = defineEvent("notification.sent", 1, {
	summary: "A provider accepted a notification.",
	aggregate: ["notification", "notificationId"],
	body: notificationFact,
});
export const NotificationFailed = defineEvent("notification.failed", 1, {
	summary: "A notification was given up, or bounced; what was only not wanted is told by nobody.",
	aggregate: ["notification", "notificationId"],
	body: notificationFact,
});

export const NOTIFICATION_ACTIONS = [
	Send,
	SendEmail,
	SendSms,
	GetDelivery,
	ListNotifications,
	EraseNotificationsUser,
	ExportNotificationsUser,
];
export const NOTIFICATION_EVENTS = [NotificationSent, NotificationFailed];
