import { TIME_PROPERTIES } from '../properties/times';
import { testSlice } from '../slice';

testSlice(TIME_PROPERTIES);
