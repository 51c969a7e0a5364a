import type { Queryable } from "../../../mixins/sql/database.ts";
import { DeliveryNotFound, EndpointDisabled, EndpointNotFound } from "../../contracts/webhooks.ts";
import type { Endpoint } from "../domain/endpoint.ts";
import { findDelivery } from "../storage/deliveries.ts";
import { findEndpoint, lockEndpoint } from "../storage/endpoints.ts";

function expected(endpoint: Endpoint | undefined): Endpoint {
	if (endpoint === undefined) throw new EndpointNotFound();
	return endpoint;
}

/** @throws EndpointNotFound */
export const knownEndpoint = async (db: Queryable, id: string): Promise<Endpoint> =>
	expected(await findEndpoint(db, id));

/** The endpoint, held until the transaction ends. @throws EndpointNotFound */
export const heldEndpoint = async (tx: Queryable, id: string): Promise<Endpoint> =>
	expected(await lockEndpoint(tx, id));

/** @throws EndpointNotFound, EndpointDisabled */
export async function activeEndpoint(db: Queryable, id: string): Promise<Endpoint> {
	const endpoint = await knownEndpoint(db, id);
	if (!endpoint.isActive) throw new EndpointDisabled();
	return endpoint;
}

/** The delivery with the body that is sent. @throws DeliveryNotFound */
export async function knownDelivery(db: Queryable, endpointId: string, deliveryId: string) {
	const delivery = await findDelivery(db, deliveryId, endpointId);
	if (delivery === undefined) throw new DeliveryNotFound();
	return delivery;
}
