import { TEXT_PROPERTIES } from '../properties/texts';
import { testSlice } from '../slice';

testSlice(TEXT_PROPERTIES);
