import { z } from "zod";
import { defineEvent } from "./event.ts";
import { Id } from "./text.ts";

export const CHANNELS = ["email", "sms", "push"] as const;

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
	summary: "A notification was given up.",
	aggregate: ["notification", "notificationId"],
	body: notificationFact,
});

export const NOTIFICATION_EVENTS = [NotificationSent, NotificationFailed];
