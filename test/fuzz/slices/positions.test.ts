import { POSITION_PROPERTIES } from '../properties/positions';
import { testSlice } from '../slice';

testSlice(POSITION_PROPERTIES);
