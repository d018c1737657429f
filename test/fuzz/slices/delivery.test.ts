import { DELIVERY_PROPERTIES } from '../properties/delivery';
import { testSlice } from '../slice';

testSlice(DELIVERY_PROPERTIES);
