import { action, defineService, internal, query } from "../../mixins/define-service.ts";
import { inbox } from "../../mixins/inbox.mixin.ts";
import { integrity } from "../../mixins/integrity.mixin.ts";
import { inboxStuck, outboxAge } from "../../mixins/integrity/stuck.ts";
import { outbox } from "../../mixins/outbox.mixin.ts";
import { sql } from "../../mixins/sql.mixin.ts";
import { upkeep } from "../../mixins/upkeep.mixin.ts";
import { TakeMailReport, TakeSmsReport } from "../contracts/delivery-reports.ts";
import * as preferences from "../contracts/notification-preferences.ts";
import * as templates from "../contracts/notification-templates.ts";
import * as contracts from "../contracts/notifications.ts";
import { ping } from "../contracts/platform.ts";
import { ADMIN, adminOrService, OPEN, own, SIGNED_IN } from "../contracts/policy.ts";
import { pingNotifications } from "./actions/ping.ts";
import { getPreferences, setPreferences } from "./actions/preferences.ts";
import { eraseUser, exportUser } from "./actions/privacy.ts";
import { publishTemplate } from "./actions/publish-template.ts";
import * as browsers from "./actions/push-subscriptions.ts";
import { getDelivery, listNotifications } from "./actions/read.ts";
import { getTemplate, getTemplateVersion, listTemplates } from "./actions/read-templates.ts";
import { send, sendEmail, sendSms } from "./actions/send.ts";
import { takeMailReport } from "./actions/take-mail-report.ts";
import { takeSmsReport } from "./actions/take-sms-report.ts";
import { previewTemplate, testTemplate } from "./actions/try-template.ts";
import { undelivered } from "./audits.ts";
import { config } from "./config.ts";
import { confirmOrder } from "./consumers/confirm-order.ts";
import { greetUser } from "./consumers/greet-user.ts";
import { reportCancellation } from "./consumers/report-cancellation.ts";
import { reportRefund } from "./consumers/report-refund.ts";
import { reportReturn } from "./consumers/report-return.ts";
import { sendMail } from "./consumers/send-mail.ts";
import { warnVendor } from "./consumers/warn-vendor.ts";
import { lanes } from "./delivery/lanes.mixin.ts";
import { chores } from "./upkeep.ts";

const BY_SENDERS = { policy: adminOrService("notifications:send"), status: 202, idempotent: true } as const;
const OWN = { policy: own("userId") };
const BY_ADMINS = { policy: ADMIN };

const SIGNED_FORM = {
	as: "raw",
	accepts: ["application/x-www-form-urlencoded"],
	headers: ["x-twilio-signature"],
} as const;
const SIGNED_MAIL = { as: "raw", accepts: ["message/rfc822"], headers: ["x-hub-signature-256"] } as const;

/**
 * Notifications: tells people what happened, by mail, SMS and push.
 *
 *     queued → sent → delivered
 *        │       └→ bounced, failed (learned later, from the provider)
 *        ├→ bounced (no such recipient)
 *        ├→ suppressed (not wanted, not possible, or no longer of use)
 *        └→ failed (refused for good, or five times deferred)
 *
 * Consumers and actions queue, the lanes send: nothing remote happens in a transaction.
 */
export default defineService({
	name: "notifications",
	mixins: [
		sql({ url: () => config().databaseUrl }),
		outbox(),
		lanes(config),
		upkeep(() => chores),
		integrity([outboxAge, inboxStuck, undelivered]),
		inbox([greetUser, confirmOrder, reportCancellation, reportReturn, reportRefund, warnVendor, sendMail]),
	],

	actions: {
		// Sending
		send: action(contracts.Send, { rest: "POST /notifications/send", ...BY_SENDERS }, send),
		email: action(contracts.SendEmail, { rest: "POST /notifications/email", ...BY_SENDERS }, sendEmail),
		sms: action(contracts.SendSms, { rest: "POST /notifications/sms", ...BY_SENDERS }, sendSms),
		delivery: action(
			contracts.GetDelivery,
			{ rest: "GET /notifications/deliveries/:id", policy: adminOrService("notifications:send") },
			getDelivery,
		),
		// Twilio's own voice, signed.
		smsReport: action(
			TakeSmsReport,
			{ rest: "POST /webhooks/twilio", policy: OPEN, status: 204, body: SIGNED_FORM },
			takeSmsReport,
		),
		// What a mail server was told of a mail, signed by whoever passes it on.
		mailReport: action(
			TakeMailReport,
			{ rest: "POST /webhooks/mail", policy: OPEN, status: 204, body: SIGNED_MAIL },
			takeMailReport,
		),

		// What a user has got, and wants
		ofUser: action(contracts.ListNotifications, { rest: "GET /notifications/:userId", ...OWN }, listNotifications),
		preferences: action(
			preferences.GetPreferences,
			{ rest: "GET /notifications/:userId/preferences", ...OWN },
			getPreferences,
		),
		setPreferences: action(
			preferences.SetPreferences,
			{ rest: "PUT /notifications/:userId/preferences", ...OWN },
			setPreferences,
		),
		pushKey: action(preferences.GetPushKey, { rest: "GET /notifications/push-key", policy: OPEN }, browsers.getPushKey),
		subscribe: action(
			preferences.AddPushSubscription,
			{
				rest: "POST /notifications/:userId/push-subscriptions",
				...OWN,
				status: 201,
				location: "/notifications/push-subscriptions/:id",
			},
			browsers.subscribe,
		),
		subscriptions: action(
			preferences.ListPushSubscriptions,
			{ rest: "GET /notifications/:userId/push-subscriptions", ...OWN },
			browsers.listSubscriptions,
		),
		subscription: action(
			preferences.GetPushSubscription,
			{ rest: "GET /notifications/push-subscriptions/:id", policy: SIGNED_IN },
			browsers.getSubscription,
		),
		unsubscribe: action(
			preferences.RemovePushSubscription,
			{ rest: "DELETE /notifications/:userId/push-subscriptions/:id", ...OWN, status: 204 },
			browsers.unsubscribe,
		),

		// What is said
		templates: action(templates.ListTemplates, { rest: "GET /notifications/templates", ...BY_ADMINS }, listTemplates),
		template: action(templates.GetTemplate, { rest: "GET /notifications/templates/:name", ...BY_ADMINS }, getTemplate),
		templateVersion: action(
			templates.GetTemplateVersion,
			{ rest: "GET /notifications/template-versions/:id", ...BY_ADMINS },
			getTemplateVersion,
		),
		publishTemplate: action(
			templates.PublishTemplate,
			{
				rest: "POST /notifications/templates/:name/versions",
				...BY_ADMINS,
				status: 201,
				location: "/notifications/template-versions/:id",
			},
			publishTemplate,
		),
		previewTemplate: action(
			templates.PreviewTemplate,
			{ rest: "POST /notifications/templates/:name/preview", ...BY_ADMINS },
			previewTemplate,
		),
		testTemplate: action(
			templates.TestTemplate,
			{ rest: "POST /notifications/templates/:name/test", ...BY_ADMINS, status: 202 },
			testTemplate,
		),

		eraseUser: internal(contracts.EraseNotificationsUser, eraseUser),
		exportUser: query(contracts.ExportNotificationsUser, exportUser),
		ping: query(ping("notifications"), pingNotifications),
	},
});
