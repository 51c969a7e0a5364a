import type { Ctx } from "../../../mixins/define-service.ts";
import { problemOf } from "../../../mixins/outbound/rules.ts";
import { listed } from "../../../mixins/paging.ts";
import { ValidationFailed } from "../../contracts/errors.ts";
import { ownerScope } from "../../contracts/meta.ts";
import {
	MAX_PUSH_SUBSCRIPTIONS,
	PushNotConfigured,
	PushSubscriptionNotFound,
	TooManyPushSubscriptions,
} from "../../contracts/notification-preferences.ts";
import type {
	AddPushSubscription,
	GetPushKey,
	GetPushSubscription,
	ListPushSubscriptions,
	RemovePushSubscription,
} from "../../contracts/notification-preferences.ts";
import type { Notifications } from "../notifications.context.ts";
import { isBrowserKey } from "../providers/browser-key.ts";
import * as store from "../storage/push-subscriptions.ts";

const NO_KEY = "must be a point of P-256; send what the browser's PushSubscription.toJSON() gives";

/** Endpoint and keys are what a client gave: those to which nothing may or can be sent are refused at once. */
export async function subscribe(this: Notifications, { params }: Ctx<typeof AddPushSubscription>) {
	const { userId, endpoint, keys } = params;
	if (this.config.vapid === undefined) throw new PushNotConfigured();
	const problem = problemOf(endpoint, this.config.outbound);
	if (problem !== undefined) throw new ValidationFailed({ errors: [{ path: "endpoint", message: problem }] });
	if (!isBrowserKey(keys.p256dh)) throw new ValidationFailed({ errors: [{ path: "keys.p256dh", message: NO_KEY }] });

	const wanted = { id: this.newId(), userId, endpoint, ...keys };
	const added = await this.db.transaction((tx) => store.addSubscription(tx, wanted, MAX_PUSH_SUBSCRIPTIONS));
	if (added === undefined) throw new TooManyPushSubscriptions();
	return added;
}

export function listSubscriptions(this: Notifications, { params }: Ctx<typeof ListPushSubscriptions>) {
	const { userId, ...paging } = params;
	return listed(paging, { userId }, (slice) => store.subscriptionsOfUser(this.db, userId, slice));
}

export async function getSubscription(this: Notifications, { params, meta }: Ctx<typeof GetPushSubscription>) {
	const found = await store.findSubscription(this.db, params.id, ownerScope(meta.principal));
	if (found === undefined) throw new PushSubscriptionNotFound();
	return found;
}

export async function unsubscribe(this: Notifications, { params: { id, userId } }: Ctx<typeof RemovePushSubscription>) {
	if (!(await store.removeSubscription(this.db, id, userId))) throw new PushSubscriptionNotFound();
	return null;
}

export async function getPushKey(this: Notifications, _ctx: Ctx<typeof GetPushKey>) {
	if (this.config.vapid === undefined) throw new PushNotConfigured();
	return { publicKey: this.config.vapid.publicKey };
}
